namespace Libp2p;

/// <summary>A message of a topic that has passed all checks. Immutable.</summary>
public sealed class PubsubMessage
{
    /// <summary>The topic's name.</summary>
    public required string Topic { get; init; }

    /// <summary>The content: an author's bytes, nothing is known of them.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>What tells this message from others.</summary>
    public required PubsubMessageId Id { get; init; }

    /// <summary>The peer that handed the message on to this node; this node itself for an own message.</summary>
    public required PeerId ReceivedFrom { get; init; }

    /// <summary>The author, proven only where <see cref="IsSigned"/>; null where the message names none.</summary>
    public PeerId? From { get; init; }

    /// <summary>The author's number for the message; null where it has none.</summary>
    public ulong? SequenceNumber { get; init; }

    /// <summary>True where the author's signature was checked.</summary>
    public bool IsSigned { get; init; }

    /// <summary>How many messages were dropped from the subscription's buffer just before this one.</summary>
    public long MissedBefore { get; init; }

    /// <summary>The same message behind a gap of so many.</summary>
    /// <param name="count">How many messages are missing just before it.</param>
    public PubsubMessage AfterMissing(long count) => new()
    {
        Topic = Topic,
        Data = Data,
        Id = Id,
        ReceivedFrom = ReceivedFrom,
        From = From,
        SequenceNumber = SequenceNumber,
        IsSigned = IsSigned,
        MissedBefore = count,
    };
}
