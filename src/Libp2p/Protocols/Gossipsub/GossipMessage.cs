using System.Buffers.Binary;

namespace Libp2p.Protocols.Gossipsub;

/// <summary>A message on its way through this node: encoded once, shared by all peers it goes to.</summary>
internal sealed class GossipMessage
{
    private List<(MessageIdFunction Function, PubsubMessageId Id)>? _otherIds;

    public required string Topic { get; init; }

    /// <summary>What this node knows it by.</summary>
    public required PubsubMessageId Id { get; init; }

    /// <summary>The message as the field of an RPC: such parts in a row are an RPC.</summary>
    public required ReadOnlyMemory<byte> Part { get; init; }

    public required ReadOnlyMemory<byte> Data { get; init; }

    public PeerId? From { get; init; }

    /// <summary>The author's key as protobuf, where the message carries it.</summary>
    public ReadOnlyMemory<byte> Key { get; init; }

    public bool IsSigned { get; init; }

    public ulong? SequenceNumber { get; init; }

    /// <summary>The id in another form; the default value where it has none in that form. Remembered: only the machine's owner may ask.</summary>
    public PubsubMessageId IdBy(MessageIdFunction function)
    {
        foreach (var (known, id) in _otherIds ??= [])
        {
            if (known == function)
                return id;
        }
        var formed = FormId(function, Topic, Data.Span, From, SequenceNumber, Key.Span);
        _otherIds.Add((function, formed));
        return formed;
    }

    /// <summary>Forms an id; the default value where the message has none in that form.</summary>
    public static PubsubMessageId FormId(MessageIdFunction function, string topic, ReadOnlySpan<byte> data, PeerId? from, ulong? sequenceNumber, ReadOnlySpan<byte> key)
    {
        Span<byte> sequence = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(sequence, sequenceNumber ?? 0);
        return function(new MessageIdSource { Topic = topic, Data = data, From = from, SequenceNumber = sequenceNumber is null ? default : sequence, Key = key });
    }

    /// <summary>The message as subscribers get it.</summary>
    public PubsubMessage ToPubsubMessage(PeerId receivedFrom) => new()
    {
        Topic = Topic,
        Data = Data,
        Id = Id,
        ReceivedFrom = receivedFrom,
        From = From,
        SequenceNumber = SequenceNumber,
        IsSigned = IsSigned,
    };
}
