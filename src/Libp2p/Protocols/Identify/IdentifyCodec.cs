using System.Diagnostics.CodeAnalysis;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Libp2p.Protocols.Identify.Wire;

namespace Libp2p.Protocols.Identify;

/// <summary>Reads and writes the message of identify. Any bytes are safe: nesting is bounded, fields that are not known are dropped.</summary>
internal static class IdentifyCodec
{
    // Nesting is bounded by the library at 100, and here by the length of a part; what is not known is dropped and not kept.
    private static readonly MessageParser<IdentifyMessage> Parser = IdentifyMessage.Parser.WithDiscardUnknownFields(true);

    /// <summary>Merges one part into what came before: lists grow up to their bounds, values are replaced.</summary>
    /// <param name="message">What came before.</param>
    /// <param name="part">The part, whose length the caller has bounded.</param>
    /// <param name="options">The bounds.</param>
    /// <param name="error">The reason in one line, where the answer is false.</param>
    public static bool TryMerge(IdentifyMessage message, ReadOnlySpan<byte> part, IdentifyOptions options, [NotNullWhen(false)] out string? error)
    {
        try
        {
            message.MergeFrom(Parser.ParseFrom(part));
        }
        catch (InvalidProtocolBufferException e)
        {
            error = $"The identify message is no protobuf: {e.Message}";
            return false;
        }
        Cut(message.ListenAddrs, options.MaxAddresses);
        Cut(message.Protocols, options.MaxProtocols);
        error = null;
        return true;
    }

    /// <summary>Decodes what a message claims, leaving out what does not decode and addresses of other peers.</summary>
    public static IdentifyClaims Read(IdentifyMessage message, PeerId peer)
    {
        var addresses = new List<Multiaddress>();
        foreach (var bytes in message.ListenAddrs)
        {
            if (Multiaddress.TryDecode(bytes.Span, out var address) && (address.PeerId is not { } named || named == peer))
                addresses.Add(address);
        }
        var protocols = new HashSet<ProtocolId>();
        foreach (var bytes in message.Protocols)
        {
            if (ProtocolId.TryDecode(bytes.Span, out var protocol))
                protocols.Add(protocol);
        }
        return new IdentifyClaims
        {
            PublicKey = message.HasPublicKey ? message.PublicKey.Memory : default(ReadOnlyMemory<byte>?),
            ListenAddresses = message.ListenAddrs.Count > 0 ? addresses : null,
            Protocols = message.Protocols.Count > 0 ? [.. protocols] : null,
            ObservedAddress = message.HasObservedAddr && Multiaddress.TryDecode(message.ObservedAddr.Span, out var observed) ? observed : null,
            ProtocolVersion = message.HasProtocolVersion ? Encoding.UTF8.GetString(message.ProtocolVersion.Span) : null,
            AgentVersion = message.HasAgentVersion ? Encoding.UTF8.GetString(message.AgentVersion.Span) : null,
            SignedRecord = message.HasSignedPeerRecord ? message.SignedPeerRecord.Memory : default(ReadOnlyMemory<byte>?),
        };
    }

    /// <summary>The field of the observed address alone: put behind a message, it is part of it.</summary>
    public static byte[] EncodeObserved(Multiaddress observed) => new IdentifyMessage { ObservedAddr = ByteString.CopyFrom(observed.Bytes.Span) }.ToByteArray();

    private static void Cut(RepeatedField<ByteString> list, int max)
    {
        while (list.Count > max)
            list.RemoveAt(list.Count - 1);
    }
}
