namespace Libp2p.Swarm;

/// <summary>An address that is left alone for a while.</summary>
/// <param name="Until">When it may be tried again.</param>
/// <param name="Cause">Why its last attempt failed.</param>
/// <param name="Error">The kind of that failure.</param>
internal readonly record struct Backoff(TimeSpan Until, string Cause, Libp2pError Error);

/// <summary>
/// Which addresses failed a short while ago, and how often. Bounded; told the time; has one owner and no lock. An address
/// counts for the peer it was dialled for: a peer that names another's address as its own must not make that one be left alone.
/// </summary>
internal sealed class DialBackoff(DialOptions options)
{
    // Beyond it the square is past every maximum that matters; a count that stops cannot overflow.
    private const int MostFailures = 1_000;

    private readonly Dictionary<(PeerId? Peer, Multiaddress Address), LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byAge = [];

    /// <summary>How many addresses are remembered.</summary>
    public int Count => _entries.Count;

    /// <summary>The back-off of an address; null where it may be dialled.</summary>
    public Backoff? Find(PeerId? peer, Multiaddress address, TimeSpan now)
    {
        if (!_entries.TryGetValue((peer, address), out var node))
            return null;
        var entry = node.Value;
        if (now < entry.Backoff.Until)
            return entry.Backoff;
        if (IsForgotten(entry, now))
            Remove(node);
        return null;
    }

    /// <summary>Notes a failure.</summary>
    public void Record(PeerId? peer, DialAttempt attempt, TimeSpan now)
    {
        var failures = 0;
        if (_entries.TryGetValue((peer, attempt.Address), out var node))
        {
            if (!IsForgotten(node.Value, now))
                failures = Math.Min(node.Value.Failures + 1, MostFailures);
            Remove(node);
        }
        else if (_entries.Count >= options.MaxBackoffs)
        {
            Remove(_byAge.First!);
        }

        var entry = new Entry((peer, attempt.Address), failures, new(now + Duration(failures), attempt.Cause, attempt.Error));
        _entries.Add(entry.Key, _byAge.AddLast(entry));
    }

    /// <summary>Forgets an address that was reached.</summary>
    public void Clear(PeerId? peer, Multiaddress address)
    {
        if (_entries.TryGetValue((peer, address), out var node))
            Remove(node);
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        _entries.Clear();
        _byAge.Clear();
    }

    /// <summary>How long an address is left alone after so many failures before the last one.</summary>
    internal TimeSpan Duration(int failures)
    {
        // In double, where nothing overflows; the step may be a day and the square a million.
        var seconds = options.BackoffBase.TotalSeconds + (options.BackoffStep.TotalSeconds * failures * failures);
        return seconds >= options.BackoffMax.TotalSeconds ? options.BackoffMax : TimeSpan.FromSeconds(seconds);
    }

    // A failure is held against an address for as long again as it was left alone.
    private bool IsForgotten(Entry entry, TimeSpan now) => now >= entry.Backoff.Until + Duration(entry.Failures);

    private void Remove(LinkedListNode<Entry> node)
    {
        _entries.Remove(node.Value.Key);
        _byAge.Remove(node);
    }

    private sealed record Entry((PeerId? Peer, Multiaddress Address) Key, int Failures, Backoff Backoff);
}
