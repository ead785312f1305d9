namespace Libp2p.Reconnection;

/// <summary>What the keeper of connections is told.</summary>
internal abstract record KeepAliveInput
{
    /// <summary>A peer is to be kept from now on.</summary>
    public sealed record Added(PeerId Peer, bool IsConnected) : KeepAliveInput;

    /// <summary>A peer is not to be kept any more.</summary>
    public sealed record Removed(PeerId Peer) : KeepAliveInput;

    /// <summary>A peer is connected, or is not: told after each event that concerns it, and again where events were missed.</summary>
    /// <param name="Peer">Who.</param>
    /// <param name="IsConnected">Whether it is.</param>
    /// <param name="Chance">A random number from 0 to 1.</param>
    public sealed record Seen(PeerId Peer, bool IsConnected, double Chance) : KeepAliveInput;

    /// <summary>A dial has ended, with a connection or without.</summary>
    public sealed record DialEnded(PeerId Peer, bool IsConnected, double Chance) : KeepAliveInput;

    /// <summary>What failed before says nothing any more: all are dialled at once.</summary>
    public sealed record NetworkChanged : KeepAliveInput;
}

/// <summary>
/// When each of the chosen peers is dialled: a pause after the end of its connection or a failed dial, doubled with each failure
/// up to a bound, and shaken a little. A connection that lasted makes the pauses begin anew.
/// </summary>
internal sealed class KeepAliveMachine(KeepAliveOptions options) : IStateMachine<KeepAliveInput, PeerId>
{
    // Twice as often as that, a second is longer than a day.
    private const int MostFailures = 30;

    private readonly Dictionary<PeerId, Kept> _peers = [];
    private readonly Queue<PeerId> _dials = new();

    /// <summary>Who is kept.</summary>
    public IReadOnlyCollection<PeerId> Peers => _peers.Keys;

    /// <inheritdoc/>
    public TimeSpan? Deadline
    {
        get
        {
            TimeSpan? earliest = null;
            foreach (var kept in _peers.Values)
            {
                if (kept.Due is { } due && (earliest is null || due < earliest))
                    earliest = due;
            }
            return earliest;
        }
    }

    /// <inheritdoc/>
    public void Advance(in KeepAliveInput input, TimeSpan now)
    {
        switch (input)
        {
            case KeepAliveInput.Added added:
                Add(added, now);
                break;
            case KeepAliveInput.Removed removed:
                _peers.Remove(removed.Peer);
                break;
            case KeepAliveInput.Seen seen:
                if (_peers.TryGetValue(seen.Peer, out var kept))
                    See(kept, seen.IsConnected, seen.Chance, now);
                break;
            case KeepAliveInput.DialEnded ended:
                if (!_peers.TryGetValue(ended.Peer, out var dialled))
                    break;
                dialled.IsDialing = false;
                See(dialled, ended.IsConnected, ended.Chance, now);
                break;
            case KeepAliveInput.NetworkChanged:
                foreach (var waiting in _peers.Values.Where(k => !k.IsConnected))
                    (waiting.Failures, waiting.Due) = (0, waiting.IsDialing ? null : now);
                break;
        }
    }

    /// <inheritdoc/>
    public void Elapse(TimeSpan now)
    {
        foreach (var (peer, kept) in _peers)
        {
            if (!(kept.Due <= now))
                continue;
            (kept.Due, kept.IsDialing) = (null, true);
            _dials.Enqueue(peer);
        }
    }

    /// <inheritdoc/>
    public bool TryTake(out PeerId effect) => _dials.TryDequeue(out effect!);

    private void Add(KeepAliveInput.Added added, TimeSpan now)
    {
        if (!_peers.ContainsKey(added.Peer))
            _peers.Add(added.Peer, added.IsConnected ? new Kept { ConnectedAt = now } : new Kept { Due = now });
    }

    private void See(Kept kept, bool isConnected, double chance, TimeSpan now)
    {
        if (isConnected)
        {
            kept.ConnectedAt ??= now;
            kept.Due = null;
            return;
        }
        if (kept.ConnectedAt is { } since && now - since >= options.StableAfter)
            kept.Failures = 0;
        kept.ConnectedAt = null;
        if (kept.IsDialing || kept.Due is not null)
            return;
        kept.Due = now + Pause(kept.Failures, chance);
        kept.Failures = Math.Min(kept.Failures + 1, MostFailures);
    }

    private TimeSpan Pause(int failures, double chance)
    {
        var seconds = Math.Min(options.MaxDelay.TotalSeconds, options.FirstDelay.TotalSeconds * Math.Pow(2, failures));
        return TimeSpan.FromSeconds(seconds * (1 + (options.Jitter * ((2 * chance) - 1))));
    }

    private sealed class Kept
    {
        public TimeSpan? ConnectedAt { get; set; }

        public bool IsConnected => ConnectedAt is not null;

        public bool IsDialing { get; set; }

        /// <summary>When it is dialled; null while it is connected or being dialled.</summary>
        public TimeSpan? Due { get; set; }

        /// <summary>Pauses since the last connection that lasted.</summary>
        public int Failures { get; set; }
    }
}
