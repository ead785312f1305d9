namespace Libp2p.Swarm;

/// <summary>
/// Which connections a node closes by itself. New ones have a grace in which they are neither closed nor counted, so that a
/// flood of newcomers pushes nobody out. When those past it are more than the high water mark, so many are closed that the
/// low one is left: first those of the peers that are worth least, then the idle before the used, inbound before outbound,
/// the young before the old. Protected ones are counted and never closed.
/// </summary>
/// <remarks>A connection that is being closed counts no more. docs/adr/0050 says why in this order.</remarks>
internal sealed class PrunerMachine : IStateMachine<PrunerInput, PrunerEffect>
{
    /// <summary>A look at idle connections comes so often within the time that they may be idle.</summary>
    private const int IdleLooks = 4;

    private readonly PrunerOptions _options;
    private readonly Dictionary<long, Connection> _connections = [];
    private readonly LinkedList<Connection> _young = [];
    private readonly LinkedList<Connection> _settled = [];
    private readonly Queue<PrunerEffect> _effects = new();
    private TimeSpan _nextTrim;
    private TimeSpan _nextIdleLook;
    private bool _trims;

    /// <summary>Creates it.</summary>
    /// <param name="options">Water marks and times, which do not change.</param>
    /// <param name="maxConnections">How many connections the node may have at all.</param>
    public PrunerMachine(PrunerOptions options, int maxConnections)
    {
        _options = options;
        Tags = new(options.MaxTaggedAhead);
        (HighWater, LowWater) = (options.HighWater, options.LowWater);
        var most = Math.Max(1, maxConnections - (maxConnections / 8));
        if (HighWater != int.MaxValue && HighWater > most)
            (HighWater, LowWater) = (most, (int)Math.Max(1, (long)LowWater * most / HighWater));
    }

    /// <summary>What peers are worth.</summary>
    public TagTable Tags { get; }

    /// <summary>Beyond so many, connections are closed.</summary>
    public int HighWater { get; }

    /// <summary>So many are left.</summary>
    public int LowWater { get; }

    /// <inheritdoc/>
    public TimeSpan? Deadline
    {
        get
        {
            TimeSpan? trim = null;
            if (_settled.Count > HighWater)
                trim = _nextTrim;
            else if (_settled.Count + _young.Count > HighWater)
                trim = Later(GraceEnd(_young.First!.Value), _nextTrim);
            return HasIdleLooks && (trim is null || _nextIdleLook < trim) ? _nextIdleLook : trim;
        }
    }

    private bool HasIdleLooks => _options.IdleTimeout is not null && _settled.Count + _young.Count > 0;

    /// <inheritdoc/>
    public void Advance(in PrunerInput input, TimeSpan now)
    {
        switch (input)
        {
            case PrunerInput.Opened opened:
                Open(opened, now);
                break;
            case PrunerInput.Ended ended:
                if (_connections.Remove(ended.Id, out var gone))
                {
                    gone.Place?.List!.Remove(gone.Place);
                    Tags.Disconnected(gone.Peer);
                }
                break;
            case PrunerInput.Seen seen:
                See(seen.Uses, now);
                break;
        }
    }

    /// <inheritdoc/>
    public void Elapse(TimeSpan now)
    {
        while (_young.First is { } first && GraceEnd(first.Value) <= now)
        {
            _young.RemoveFirst();
            _settled.AddLast(first);
        }
        _trims = _settled.Count > HighWater && now >= _nextTrim;
        if (!_trims && _settled.Count + _young.Count > HighWater && now >= _nextTrim)
            _nextTrim = now + _options.TrimInterval;
        var looksForIdle = HasIdleLooks && now >= _nextIdleLook;
        if (_trims || looksForIdle)
            _effects.Enqueue(new PrunerEffect.Look());
        if (looksForIdle)
            _nextIdleLook = now + IdlePeriod;
    }

    /// <inheritdoc/>
    public bool TryTake(out PrunerEffect effect) => _effects.TryDequeue(out effect!);

    private TimeSpan IdlePeriod => _options.IdleTimeout!.Value / IdleLooks;

    private TimeSpan GraceEnd(Connection connection) => connection.OpenedAt + _options.GracePeriod;

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private void Open(PrunerInput.Opened opened, TimeSpan now)
    {
        var connection = new Connection(opened.Id, opened.Peer, opened.Role, now);
        if (!_connections.TryAdd(opened.Id, connection))
            return;
        if (_settled.Count + _young.Count == 0 && _options.IdleTimeout is not null)
            _nextIdleLook = now + IdlePeriod;
        connection.Place = _young.AddLast(connection);
        Tags.Connected(opened.Peer);
    }

    private void See(IReadOnlyList<ConnectionUse> uses, TimeSpan now)
    {
        foreach (var use in uses)
        {
            if (!_connections.TryGetValue(use.Id, out var connection))
                continue;
            // Used since the last look: until when, nobody knows, so that it counts as until now.
            if (use.Streams > 0 || connection.Streams > 0 || use.StreamsEver != connection.StreamsEver)
                connection.LastUsed = now;
            (connection.Streams, connection.StreamsEver) = (use.Streams, use.StreamsEver);
        }
        if (_options.IdleTimeout is { } idle)
            CloseIdle(idle, now);
        if (_trims)
            Trim(now);
        _trims = false;
    }

    private void CloseIdle(TimeSpan idle, TimeSpan now)
    {
        var closing = _settled.Concat(_young).Where(c => c.Streams == 0 && now - c.LastUsed >= idle && !Tags.IsProtected(c.Peer) && Tags.WorthOf(c.Peer, now) <= 0).ToList();
        foreach (var connection in closing)
            Close(connection, PruneCause.Idle, FormattableString.Invariant($"it was idle for {idle.TotalSeconds:0.###} s"));
    }

    private void Trim(TimeSpan now)
    {
        _nextTrim = now + _options.TrimInterval;
        var excess = _settled.Count - LowWater;
        if (_settled.Count <= HighWater || excess <= 0)
            return;
        var count = _settled.Count;
        var first = _settled
            .Where(c => !Tags.IsProtected(c.Peer))
            .Select(c => (Connection: c, Worth: Tags.WorthOf(c.Peer, now)))
            .OrderBy(c => c.Worth)
            .ThenBy(c => c.Connection.Streams > 0)
            .ThenBy(c => c.Connection.Role == Role.Dialer)
            .ThenBy(c => c.Connection.Streams)
            .ThenByDescending(c => c.Connection.OpenedAt).ThenByDescending(c => c.Connection.Id)
            .Take(excess)
            .ToList();
        foreach (var (connection, _) in first)
            Close(connection, PruneCause.TooMany, $"{count} connections are more than the {HighWater} that this node keeps");
    }

    private void Close(Connection connection, PruneCause cause, string detail)
    {
        connection.Place!.List!.Remove(connection.Place);
        connection.Place = null;
        _effects.Enqueue(new PrunerEffect.Close(connection.Id, cause, new CloseReason(CloseCode.LocalClose, detail)));
    }

    private sealed class Connection(long id, PeerId peer, Role role, TimeSpan openedAt)
    {
        public long Id { get; } = id;

        public PeerId Peer { get; } = peer;

        public Role Role { get; } = role;

        public TimeSpan OpenedAt { get; } = openedAt;

        public TimeSpan LastUsed { get; set; } = openedAt;

        public int Streams { get; set; }

        public long StreamsEver { get; set; }

        /// <summary>Among the young or the settled; null once it is being closed.</summary>
        public LinkedListNode<Connection>? Place { get; set; }
    }
}
