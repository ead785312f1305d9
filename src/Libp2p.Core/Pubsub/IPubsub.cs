namespace Libp2p;

/// <summary>A node's publish/subscribe service, whatever router is beneath (pubsub specification). Safe for any number of threads.</summary>
public interface IPubsub
{
    /// <summary>The most bytes of UTF-8 of a topic's name.</summary>
    public const int MaxTopicLength = 1024;

    /// <summary>Subscribes to a topic; active from the call on, so that nothing is lost before the first <c>await foreach</c>.</summary>
    /// <param name="topic">The topic's name, at most <see cref="MaxTopicLength"/> bytes of UTF-8.</param>
    /// <param name="options">How much waits for a slow reader.</param>
    /// <returns>The subscription. Disposing it leaves the topic when it was the last one to it.</returns>
    /// <exception cref="ArgumentException">The topic's name is empty or too long, or an option makes no sense.</exception>
    /// <exception cref="Libp2pException"><see cref="Libp2pError.Refused"/> where the subscription filter does not let the topic pass; <see cref="Libp2pError.LimitReached"/> at the most topics of a node.</exception>
    IPubsubSubscription Subscribe(string topic, SubscriptionOptions? options = null);

    /// <summary>Publishes a message, subscribed to its topic or not.</summary>
    /// <remarks>Waits for room in the queues of slow peers up to a deadline, then leaves those out and counts them.</remarks>
    /// <param name="topic">Where; at most <see cref="MaxTopicLength"/> bytes of UTF-8.</param>
    /// <param name="data">What; a copy is kept, so the memory is the caller's again after the call.</param>
    /// <param name="cancellationToken">Ends the wait for slow peers; those that had room have been sent the message.</param>
    /// <returns>How the message is known, and how many peers it went to at once; others may ask for it later.</returns>
    /// <exception cref="ArgumentException">The topic's name is empty or too long, or there are more data than the options allow.</exception>
    /// <exception cref="Libp2pException"><see cref="Libp2pError.Refused"/> where this node's own validator of the topic rejects the message, or it was published already.</exception>
    ValueTask<PublishResult> PublishAsync(string topic, ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default);

    /// <summary>The topics that this node is subscribed to. A snapshot.</summary>
    IReadOnlyList<string> Topics { get; }

    /// <summary>The connected peers that are known to subscribe to a topic. A snapshot.</summary>
    /// <param name="topic">The topic's name.</param>
    IReadOnlyList<PeerId> GetSubscribers(string topic);

    /// <summary>Judges the messages of a topic, this node's own too, before they are delivered and passed on.</summary>
    /// <param name="topic">The topic's name.</param>
    /// <param name="validator">What judges; called by many threads at once, within the bounds of the options.</param>
    /// <param name="options">How many messages are judged at once, and how long one may take.</param>
    /// <returns>What removes the validator when it is disposed.</returns>
    /// <exception cref="InvalidOperationException">The topic has a validator already.</exception>
    /// <exception cref="ArgumentException">The topic's name is empty or too long, or an option makes no sense.</exception>
    IDisposable AddValidator(string topic, PubsubValidator validator, ValidatorOptions? options = null);
}
