namespace Libp2p;

/// <summary>What publishing a message came to.</summary>
/// <param name="Id">What the message is known by.</param>
/// <param name="SequenceNumber">The number that it was given; null where the signature policy leaves it out.</param>
/// <param name="Recipients">How many peers the message was sent to at once.</param>
/// <param name="Laggards">How many peers were left out because their queues had no room in time.</param>
public sealed record PublishResult(PubsubMessageId Id, ulong? SequenceNumber, int Recipients, int Laggards);
