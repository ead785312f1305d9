namespace Libp2p.Protocols.Gossipsub;

/// <summary>A message in a <see cref="MessageStore"/>; the default value is none.</summary>
internal readonly struct StoredMessage
{
    public required MessageStore.Block Block { get; init; }

    /// <summary>Where it begins in the block.</summary>
    public required int Start { get; init; }

    public required int Length { get; init; }

    /// <summary>Where its content lies in it.</summary>
    public required Range Data { get; init; }

    /// <summary>Where its author's key lies in it.</summary>
    public required Range Key { get; init; }

    public required PeerId? From { get; init; }

    public required ulong? SequenceNumber { get; init; }

    public required bool IsSigned { get; init; }

    private ReadOnlySpan<byte> Part => Block.Bytes.AsSpan(Start, Length);

    /// <summary>Its id in another form; the default value where it has none in that form.</summary>
    public PubsubMessageId IdBy(MessageIdFunction function, string topic) => GossipMessage.FormId(function, topic, Part[Data], From, SequenceNumber, Part[Key]);

    /// <summary>The message as an object of its own.</summary>
    public GossipMessage ToMessage(PubsubMessageId id, string topic)
    {
        var part = Part.ToArray();
        return new GossipMessage
        {
            Topic = topic,
            Id = id,
            Part = part,
            Data = part.AsMemory(Data),
            From = From,
            Key = part.AsMemory(Key),
            SequenceNumber = SequenceNumber,
            IsSigned = IsSigned,
        };
    }
}
