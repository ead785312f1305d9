using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Libp2p.Protocols.Gossipsub;

/// <summary>
/// Signs messages and checks signatures (pubsub specification, "Message Signing"). What is signed leaves out the signature and the
/// key: the specification says only the first, but every implementation leaves out both.
/// </summary>
internal static class MessageSignature
{
    private static ReadOnlySpan<byte> Prefix => "libp2p-pubsub:"u8;

    /// <summary>Makes a message of this node.</summary>
    /// <param name="identity">The author; null to name none.</param>
    /// <param name="topic">Where.</param>
    /// <param name="data">What; copied.</param>
    /// <param name="sequenceNumber">The author's number for it.</param>
    /// <param name="function">Forms the id.</param>
    public static GossipMessage Create(Identity? identity, string topic, ReadOnlySpan<byte> data, ulong sequenceNumber, MessageIdFunction function)
    {
        Span<byte> number = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(number, sequenceNumber);
        scoped var fields = new MessageFields { Data = data, HasData = true, Topic = Encoding.UTF8.GetBytes(topic), TopicCount = 1 };
        if (identity is not null)
        {
            fields.From = identity.PeerId.Span;
            fields.SequenceNumber = number;
            fields.Signature = Sign(identity, fields);
            // Peers take the key from the author's id where it is in there.
            fields.Key = identity.PeerId.ContainsPublicKey ? default : identity.PublicKey.Encoded.Span;
        }
        return Make(fields, topic, identity?.PeerId, FormId(function, fields, topic, identity?.PeerId));
    }

    /// <summary>Forms the id of a message whose author is read.</summary>
    public static PubsubMessageId FormId(MessageIdFunction function, in MessageFields fields, string topic, PeerId? from) =>
        function(new MessageIdSource { Topic = topic, Data = fields.Data, From = from, SequenceNumber = fields.SequenceNumber, Key = fields.Key });

    /// <summary>Takes a message out of what a peer sent, encoded anew.</summary>
    public static GossipMessage Make(in MessageFields fields, string topic, PeerId? from, PubsubMessageId id)
    {
        var part = MessageCodec.Encode(fields, out var data);
        return new GossipMessage
        {
            Topic = topic,
            Id = id,
            Part = part,
            Data = part.AsMemory(data),
            From = from,
            Key = part.AsMemory(part.Length - fields.Key.Length),
            SequenceNumber = fields.SequenceNumber.IsEmpty ? null : BinaryPrimitives.ReadUInt64BigEndian(fields.SequenceNumber),
            IsSigned = !fields.Signature.IsEmpty,
        };
    }

    /// <summary>Whether a message has the fields that the policy wants, and none that it does not want. Costs no arithmetic on curves.</summary>
    /// <param name="fields">The message.</param>
    /// <param name="policy">What is wanted.</param>
    public static MessageRefusal Check(in MessageFields fields, SignaturePolicy policy)
    {
        if (fields.SequenceNumber.Length is not (0 or sizeof(ulong)) || fields.TopicCount != 1 || (!fields.Signature.IsEmpty && fields.From.IsEmpty))
            return MessageRefusal.Malformed;
        var isComplete = !fields.Signature.IsEmpty && !fields.From.IsEmpty && !fields.SequenceNumber.IsEmpty;
        var isAnonymous = fields.Signature.IsEmpty && fields.From.IsEmpty && fields.SequenceNumber.IsEmpty && fields.Key.IsEmpty;
        return policy switch
        {
            SignaturePolicy.StrictSign when !isComplete => MessageRefusal.Unsigned,
            SignaturePolicy.StrictNoSign when !isAnonymous => MessageRefusal.Signed,
            _ => MessageRefusal.None,
        };
    }

    /// <summary>Checks a message's signature, where it has one, and that the key is the author's.</summary>
    /// <param name="message">A message that <see cref="Make"/> made.</param>
    public static MessageRefusal Verify(GossipMessage message)
    {
        if (!message.IsSigned)
            return MessageRefusal.None;
        if (!MessageCodec.TryGetBody(message.Part.Span, out var body) || !MessageCodec.TryRead(body, out var fields))
            return MessageRefusal.Malformed;
        if (!TryGetKey(message, fields.Key, out var key))
            return MessageRefusal.WrongKey;
        // The canonical form has what is signed at its beginning.
        var signed = body[..MessageCodec.SignedLength(fields)];
        var buffer = ArrayPool<byte>.Shared.Rent(Prefix.Length + signed.Length);
        try
        {
            Prefix.CopyTo(buffer);
            signed.CopyTo(buffer.AsSpan(Prefix.Length));
            return key.Verify(buffer.AsSpan(0, Prefix.Length + signed.Length), fields.Signature) ? MessageRefusal.None : MessageRefusal.WrongSignature;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static byte[] Sign(Identity identity, in MessageFields fields)
    {
        var length = Prefix.Length + MessageCodec.SignedLength(fields);
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            Prefix.CopyTo(buffer);
            MessageCodec.WriteSigned(fields, buffer.AsSpan(Prefix.Length));
            return identity.Sign(buffer.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static bool TryGetKey(GossipMessage message, ReadOnlySpan<byte> encoded, [NotNullWhen(true)] out PublicKey? key)
    {
        var from = message.From!;
        var isInline = from.TryGetPublicKey(out key);
        if (encoded.IsEmpty)
            return isInline;
        if (isInline)
            return key!.Encoded.Span.SequenceEqual(encoded);
        return PublicKey.TryDecode(encoded, out key, out _) && from.Matches(key);
    }
}
