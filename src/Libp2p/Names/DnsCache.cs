namespace Libp2p.Names;

/// <summary>Remembers answers for their time. Bounded; told the time; safe for concurrent use.</summary>
internal sealed class DnsCache(int capacity)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(DnsName Name, DnsType Type), LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byAge = [];

    /// <summary>How many answers are remembered.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _entries.Count;
        }
    }

    /// <summary>The answer that still holds; null where there is none.</summary>
    public LookUp? Find(DnsName name, DnsType type, TimeSpan now)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue((name, type), out var node))
                return null;
            if (now < node.Value.ExpiresAt)
                return node.Value.LookUp;
            Remove(node);
            return null;
        }
    }

    /// <summary>Remembers an answer.</summary>
    public void Add(DnsName name, DnsType type, LookUp lookUp, TimeSpan now, TimeSpan timeToLive)
    {
        if (timeToLive <= TimeSpan.Zero || capacity == 0)
            return;
        lock (_lock)
        {
            if (_entries.TryGetValue((name, type), out var known))
                Remove(known);
            else if (_entries.Count >= capacity)
                Remove(_byAge.First!);
            _entries.Add((name, type), _byAge.AddLast(new Entry((name, type), lookUp, now + timeToLive)));
        }
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        _entries.Remove(node.Value.Key);
        _byAge.Remove(node);
    }

    private sealed record Entry((DnsName Name, DnsType Type) Key, LookUp LookUp, TimeSpan ExpiresAt);
}
