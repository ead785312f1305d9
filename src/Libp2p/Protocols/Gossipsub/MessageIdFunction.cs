namespace Libp2p.Protocols.Gossipsub;

/// <summary>Forms the id of a message (pubsub specification, "Message Identification"). Pure and quick: it is called for every copy that arrives, by many threads.</summary>
/// <param name="message">What an id may be formed from.</param>
/// <returns>The id; the default value where this message has none in this form, and is then refused.</returns>
public delegate PubsubMessageId MessageIdFunction(in MessageIdSource message);

/// <summary>What a message's id may be formed from.</summary>
public readonly ref struct MessageIdSource
{
    /// <summary>The topic's name.</summary>
    public required string Topic { get; init; }

    /// <summary>The content.</summary>
    public ReadOnlySpan<byte> Data { get; init; }

    /// <summary>The author's peer id; null where the message names none.</summary>
    public PeerId? From { get; init; }

    /// <summary>The author's number, 8 bytes big-endian; none where the message has none.</summary>
    public ReadOnlySpan<byte> SequenceNumber { get; init; }

    /// <summary>The author's key as protobuf, where the message carries it.</summary>
    public ReadOnlySpan<byte> Key { get; init; }
}
