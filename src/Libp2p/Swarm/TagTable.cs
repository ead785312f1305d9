namespace Libp2p.Swarm;

/// <summary>
/// The tags of all peers. Those of a peer end with its last connection; those that are set ahead of the first one are
/// bounded in number. Told the time; has one owner and no lock.
/// </summary>
internal sealed class TagTable(int maxAhead)
{
    private readonly Dictionary<PeerId, Entry> _entries = [];
    private readonly LinkedList<PeerId> _ahead = [];

    /// <summary>Peers of whom anything is kept.</summary>
    public int Count => _entries.Count;

    public void Set(PeerId peer, string tag, int value)
    {
        GetOrAdd(peer).Tags.Set(tag, value);
        Settle(peer);
    }

    public void Bump(PeerId peer, string tag, int by, TimeSpan halfLife, TimeSpan now)
    {
        GetOrAdd(peer).Tags.Bump(tag, by, halfLife, now);
        Settle(peer);
    }

    public void Remove(PeerId peer, string tag)
    {
        if (!_entries.TryGetValue(peer, out var entry))
            return;
        entry.Tags.Remove(tag);
        Settle(peer);
    }

    public void Protect(PeerId peer, string tag)
    {
        GetOrAdd(peer).Tags.Protect(tag);
        Settle(peer);
    }

    /// <summary>Takes a protection back; true where another one still holds.</summary>
    public bool Unprotect(PeerId peer, string tag)
    {
        if (!_entries.TryGetValue(peer, out var entry))
            return false;
        entry.Tags.Unprotect(tag);
        Settle(peer);
        return entry.Tags.IsProtected;
    }

    public bool IsProtected(PeerId peer) => _entries.TryGetValue(peer, out var entry) && entry.Tags.IsProtected;

    public int WorthOf(PeerId peer, TimeSpan now) => _entries.TryGetValue(peer, out var entry) ? entry.Tags.Worth(now) : 0;

    /// <summary>A peer has one more connection.</summary>
    public void Connected(PeerId peer)
    {
        GetOrAdd(peer).Connections++;
        Settle(peer);
    }

    /// <summary>A peer has one connection less; with the last one its tags go.</summary>
    public void Disconnected(PeerId peer)
    {
        if (!_entries.TryGetValue(peer, out var entry))
            return;
        if (--entry.Connections == 0)
            entry.Tags.Clear();
        Settle(peer);
    }

    private Entry GetOrAdd(PeerId peer)
    {
        if (!_entries.TryGetValue(peer, out var entry))
            _entries.Add(peer, entry = new Entry());
        return entry;
    }

    /// <summary>Keeps what bounds the table: nothing of a peer that has neither connection nor tag, little of those who have no connection.</summary>
    private void Settle(PeerId peer)
    {
        var entry = _entries[peer];
        var isAhead = entry.Connections == 0 && !entry.Tags.IsProtected;
        if (entry.Ahead is { } node && !isAhead)
        {
            _ahead.Remove(node);
            entry.Ahead = null;
        }
        if (!isAhead)
            return;
        if (entry.Tags.IsEmpty)
        {
            Forget(peer, entry);
            return;
        }
        entry.Ahead ??= _ahead.AddLast(peer);
        if (_ahead.Count > maxAhead)
            Forget(_ahead.First!.Value, _entries[_ahead.First.Value]);
    }

    private void Forget(PeerId peer, Entry entry)
    {
        if (entry.Ahead is { } node)
            _ahead.Remove(node);
        _entries.Remove(peer);
    }

    private sealed class Entry
    {
        public PeerTags Tags { get; } = new();

        public int Connections { get; set; }

        /// <summary>Its place among those that were tagged ahead of a connection; null where it has one, or is protected.</summary>
        public LinkedListNode<PeerId>? Ahead { get; set; }
    }
}
