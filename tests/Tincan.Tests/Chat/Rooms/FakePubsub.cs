using System.Collections.Concurrent;
using System.Threading.Channels;
using Libp2p;

namespace Tincan.Tests.Chat.Rooms;

/// <summary>Publish/subscribe among chats of one process, without a network: what one publishes, every other that is subscribed has at once.</summary>
internal sealed class FakeNetwork
{
    private readonly List<FakePubsub> _members = [];

    public FakePubsub Add(PeerId peer)
    {
        var member = new FakePubsub(this, peer);
        lock (_members)
            _members.Add(member);
        return member;
    }

    public IReadOnlyList<FakePubsub> Others(FakePubsub self)
    {
        lock (_members)
            return [.. _members.Where(m => m != self)];
    }
}

/// <summary>One member of it.</summary>
internal sealed class FakePubsub(FakeNetwork network, PeerId self) : IPubsub
{
    private readonly Lock _gate = new();
    private readonly List<Subscription> _subscriptions = [];
    private ulong _sequenceNumber;

    public PeerId Peer { get; } = self;

    public IReadOnlyList<string> Topics
    {
        get
        {
            lock (_gate)
                return [.. _subscriptions.Select(s => s.Topic).Distinct()];
        }
    }

    /// <summary>What was published.</summary>
    public ConcurrentQueue<byte[]> Published { get; } = new();

    public IPubsubSubscription Subscribe(string topic, SubscriptionOptions? options = null)
    {
        var subscription = new Subscription(this, topic, options?.Capacity ?? 1024);
        lock (_gate)
            _subscriptions.Add(subscription);
        return subscription;
    }

    public ValueTask<PublishResult> PublishAsync(string topic, ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default)
    {
        Published.Enqueue(data.ToArray());
        var message = Make(topic, data.ToArray(), Peer, ++_sequenceNumber, isSigned: true);
        var recipients = network.Others(this).Count(m => m.Deliver(message));
        return ValueTask.FromResult(new PublishResult(message.Id, message.SequenceNumber, recipients, 0));
    }

    public IReadOnlyList<PeerId> GetSubscribers(string topic) => [.. network.Others(this).Where(m => m.Topics.Contains(topic)).Select(m => m.Peer)];

    public IDisposable AddValidator(string topic, PubsubValidator validator, ValidatorOptions? options = null) => throw new NotSupportedException();

    /// <summary>A message as a peer's.</summary>
    public static PubsubMessage Make(string topic, byte[] data, PeerId? from, ulong? number, bool isSigned, long missedBefore = 0) => new()
    {
        Topic = topic,
        Data = data,
        Id = new PubsubMessageId([.. Guid.NewGuid().ToByteArray()]),
        ReceivedFrom = from ?? Identity.Generate().PeerId,
        From = from,
        SequenceNumber = number,
        IsSigned = isSigned,
        MissedBefore = missedBefore,
    };

    /// <summary>Hands a message to who is subscribed here.</summary>
    /// <returns>Whether anybody is.</returns>
    public bool Deliver(PubsubMessage message)
    {
        lock (_gate)
        {
            var subscribed = _subscriptions.Where(s => s.Topic == message.Topic).ToList();
            return subscribed.Count > 0 && subscribed.TrueForAll(s => s.Messages.Writer.TryWrite(message));
        }
    }

    private void Remove(Subscription subscription)
    {
        lock (_gate)
            _subscriptions.Remove(subscription);
        subscription.Messages.Writer.TryComplete();
    }

    private sealed class Subscription(FakePubsub pubsub, string topic, int capacity) : IPubsubSubscription
    {
        public Channel<PubsubMessage> Messages { get; } = Channel.CreateBounded<PubsubMessage>(new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.DropOldest });

        public string Topic { get; } = topic;

        public long Missed => 0;

        public async IAsyncEnumerator<PubsubMessage> GetAsyncEnumerator(CancellationToken cancellationToken = default)
        {
            await foreach (var message in Messages.Reader.ReadAllAsync(cancellationToken))
                yield return message;
        }

        public void Dispose() => pubsub.Remove(this);
    }
}
