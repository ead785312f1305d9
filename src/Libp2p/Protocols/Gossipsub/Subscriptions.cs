using System.Collections.Immutable;
using System.Text;

namespace Libp2p.Protocols.Gossipsub;

/// <summary>This node's subscriptions by topic. Reading costs no lock: it is done for every message.</summary>
internal sealed class Subscriptions
{
    private readonly Lock _gate = new();
    private ImmutableDictionary<string, ImmutableArray<PubsubSubscription>> _topics = ImmutableDictionary.Create<string, ImmutableArray<PubsubSubscription>>(StringComparer.Ordinal);
    private ImmutableArray<(byte[] Utf8, string Name)> _names = [];

    public IReadOnlyList<string> Topics => [.. Volatile.Read(ref _topics).Keys];

    public int Count => Volatile.Read(ref _topics).Count;

    /// <summary>Finds the topic that a message names; null where this node is not subscribed to it.</summary>
    public string? Find(ReadOnlySpan<byte> utf8)
    {
        foreach (var (name, text) in _names)
        {
            if (utf8.SequenceEqual(name))
                return text;
        }
        return null;
    }

    /// <summary>Adds a subscription; true where it is the first to its topic.</summary>
    public bool Add(PubsubSubscription subscription)
    {
        lock (_gate)
        {
            var isFirst = !_topics.TryGetValue(subscription.Topic, out var others);
            Set(_topics.SetItem(subscription.Topic, isFirst ? [subscription] : others.Add(subscription)));
            return isFirst;
        }
    }

    /// <summary>Removes a subscription; true where it was the last to its topic.</summary>
    public bool Remove(PubsubSubscription subscription)
    {
        lock (_gate)
        {
            if (!_topics.TryGetValue(subscription.Topic, out var all))
                return false;
            all = all.Remove(subscription);
            Set(all.IsEmpty ? _topics.Remove(subscription.Topic) : _topics.SetItem(subscription.Topic, all));
            return all.IsEmpty;
        }
    }

    /// <summary>Hands a message to the subscriptions of its topic.</summary>
    /// <param name="message">The message.</param>
    /// <param name="readers">Gets those whose reader must be woken, each once.</param>
    public void Deliver(PubsubMessage message, List<PubsubSubscription> readers)
    {
        if (!Volatile.Read(ref _topics).TryGetValue(message.Topic, out var subscriptions))
            return;
        foreach (var subscription in subscriptions)
        {
            if (subscription.Offer(message) && !readers.Contains(subscription))
                readers.Add(subscription);
        }
    }

    /// <summary>Ends all of them.</summary>
    public void End()
    {
        foreach (var subscription in Volatile.Read(ref _topics).Values.SelectMany(s => s).ToList())
            subscription.Dispose();
    }

    private void Set(ImmutableDictionary<string, ImmutableArray<PubsubSubscription>> topics)
    {
        if (topics.Count != _topics.Count)
            ImmutableInterlocked.InterlockedExchange(ref _names, [.. topics.Keys.Select(name => (Encoding.UTF8.GetBytes(name), name))]);
        Volatile.Write(ref _topics, topics);
    }
}
