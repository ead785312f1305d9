using System.Runtime.CompilerServices;

namespace Libp2p.Protocols.Gossipsub;

/// <summary>
/// The messages of the last heartbeats, for those who ask (gossipsub v1.0, "Message Cache"). Bounded in heartbeats and in bytes:
/// the oldest go first.
/// </summary>
/// <remarks>
/// Small messages are held by value: few are ever asked for, and the collector would have to move each one that outlives its delivery.
/// One that was asked for is an object from then on, shared by all who ask.
/// </remarks>
internal sealed class MessageCache(int length, int gossipLength, long maxBytes)
{
    /// <summary>Bytes up to which a message is held by value.</summary>
    private const int Small = 8 * 1024;

    private readonly RecentIds<Entry> _entries = new();
    private readonly MessageStore _store = new();
    private long _heartbeat;

    public int Count => _entries.Count;

    /// <summary>Bytes of the messages. What was asked for is there twice and counts once.</summary>
    public long Bytes { get; private set; }

    public void Add(GossipMessage message)
    {
        if (_entries.Contains(message.Id))
            return;
        ref var entry = ref _entries.Add(message.Id);
        (entry.Topic, entry.Heartbeat, entry.Length) = (message.Topic, _heartbeat, message.Part.Length);
        if (message.Part.Length > Small || !_store.TryAdd(message, out entry.Stored))
            entry.Message = message;
        Bytes += message.Part.Length;
        while (Bytes > maxBytes && _entries.Count > 1)
            RemoveOldest();
    }

    /// <summary>Finds a message that a peer asks for, and counts how often it did.</summary>
    /// <returns>Null where it is gone.</returns>
    public GossipMessage? Request(PubsubMessageId id, PeerId peer, out int count)
    {
        count = 0;
        ref var entry = ref _entries.Find(id);
        if (Unsafe.IsNullRef(ref entry))
            return null;
        var requests = entry.Requests ??= [];
        count = requests.GetValueOrDefault(peer) + 1;
        requests[peer] = count;
        return entry.Message ??= entry.Stored.ToMessage(id, entry.Topic);
    }

    /// <summary>The messages that gossip is to tell of, by topic: as <see cref="IdsOf"/> takes them, until the next change.</summary>
    public Dictionary<string, List<int>> CollectGossip()
    {
        Dictionary<string, List<int>> byTopic = new(StringComparer.Ordinal);
        for (var age = _entries.Count - 1; age >= 0 && _entries.ValueAt(age).Heartbeat > _heartbeat - gossipLength; age--)
        {
            var topic = _entries.ValueAt(age).Topic;
            if (!byTopic.TryGetValue(topic, out var messages))
                byTopic.Add(topic, messages = []);
            messages.Add(age);
        }
        foreach (var messages in byTopic.Values)
            messages.Reverse();
        return byTopic;
    }

    /// <summary>The ids of messages, without those that have none.</summary>
    /// <param name="messages">Of <see cref="CollectGossip"/>.</param>
    /// <param name="function">Forms the ids; null for this node's own.</param>
    public List<PubsubMessageId> IdsOf(List<int> messages, MessageIdFunction? function)
    {
        List<PubsubMessageId> ids = new(messages.Count);
        foreach (var age in messages)
        {
            ref var entry = ref _entries.ValueAt(age);
            var id = function is null ? _entries.IdAt(age) : entry.Message is { } message ? message.IdBy(function) : entry.Stored.IdBy(function, entry.Topic);
            if (id != default)
                ids.Add(id);
        }
        return ids;
    }

    /// <summary>A heartbeat is over.</summary>
    public void Shift()
    {
        _heartbeat++;
        while (_entries.Count > 0 && _entries.Oldest.Heartbeat <= _heartbeat - length)
            RemoveOldest();
        if (_entries.Count == 0)
            _store.Trim();
    }

    private void RemoveOldest()
    {
        ref var oldest = ref _entries.Oldest;
        Bytes -= oldest.Length;
        _store.Remove(oldest.Stored);
        _entries.RemoveOldest();
    }

    private struct Entry
    {
        public string Topic;

        public long Heartbeat;

        public int Length;

        /// <summary>The message, where it is held by value; else the default value.</summary>
        public StoredMessage Stored;

        /// <summary>The message, where it is large, or was asked for.</summary>
        public GossipMessage? Message;

        /// <summary>How often each peer asked for it.</summary>
        public Dictionary<PeerId, int>? Requests;
    }
}
