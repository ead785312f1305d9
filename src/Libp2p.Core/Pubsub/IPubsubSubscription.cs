namespace Libp2p;

/// <summary>
/// The messages of a topic, in the order in which they came. What nobody reads waits in a bounded buffer that drops the oldest. One reader
/// at a time; disposing it ends the enumeration after what is buffered.
/// </summary>
public interface IPubsubSubscription : IAsyncEnumerable<PubsubMessage>, IDisposable
{
    /// <summary>The topic's name.</summary>
    string Topic { get; }

    /// <summary>How many messages were dropped so far because the reader was slow; <see cref="PubsubMessage.MissedBefore"/> tells where.</summary>
    long Missed { get; }
}
