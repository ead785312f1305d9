namespace Libp2p.Protocols.Gossipsub;

/// <summary>
/// The messages of the last heartbeats, for those who ask (gossipsub v1.0, "Message Cache"). Bounded in heartbeats and in bytes:
/// the oldest go first.
/// </summary>
internal sealed class MessageCache(int length, int gossipLength, long maxBytes)
{
    private readonly Dictionary<PubsubMessageId, Entry> _entries = [];
    private readonly Queue<Entry> _byAge = [];
    private long _heartbeat;

    public int Count => _entries.Count;

    public long Bytes { get; private set; }

    public void Add(GossipMessage message)
    {
        var entry = new Entry(message, _heartbeat);
        if (!_entries.TryAdd(message.Id, entry))
            return;
        _byAge.Enqueue(entry);
        Bytes += message.Part.Length;
        while (Bytes > maxBytes && _byAge.Count > 1)
            Remove(_byAge.Dequeue());
    }

    /// <summary>Finds a message that a peer asks for, and counts how often it did.</summary>
    /// <returns>Null where it is gone.</returns>
    public GossipMessage? Request(PubsubMessageId id, PeerId peer, out int count)
    {
        count = 0;
        if (!_entries.TryGetValue(id, out var entry))
            return null;
        var requests = entry.Requests ??= [];
        count = requests.GetValueOrDefault(peer) + 1;
        requests[peer] = count;
        return entry.Message;
    }

    /// <summary>The messages that gossip is to tell of, by topic.</summary>
    public Dictionary<string, List<GossipMessage>> CollectGossip()
    {
        Dictionary<string, List<GossipMessage>> byTopic = new(StringComparer.Ordinal);
        foreach (var entry in _byAge)
        {
            if (entry.Heartbeat <= _heartbeat - gossipLength)
                continue;
            if (!byTopic.TryGetValue(entry.Message.Topic, out var messages))
                byTopic.Add(entry.Message.Topic, messages = []);
            messages.Add(entry.Message);
        }
        return byTopic;
    }

    /// <summary>A heartbeat is over.</summary>
    public void Shift()
    {
        _heartbeat++;
        while (_byAge.TryPeek(out var oldest) && oldest.Heartbeat <= _heartbeat - length)
            Remove(_byAge.Dequeue());
    }

    private void Remove(Entry entry)
    {
        _entries.Remove(entry.Message.Id);
        Bytes -= entry.Message.Part.Length;
    }

    private sealed class Entry(GossipMessage message, long heartbeat)
    {
        public GossipMessage Message { get; } = message;

        public long Heartbeat { get; } = heartbeat;

        /// <summary>How often each peer asked for it.</summary>
        public Dictionary<PeerId, int>? Requests { get; set; }
    }
}
