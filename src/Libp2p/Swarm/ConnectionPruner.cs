using Microsoft.Extensions.Logging;

namespace Libp2p.Swarm;

/// <summary>Closes connections when there are too many, or when they are idle for too long: drives the <see cref="PrunerMachine"/>.</summary>
internal sealed class ConnectionPruner : IConnectionTags, IDisposable
{
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly long _epoch;
    private readonly Lock _gate = new();
    private readonly PrunerMachine _machine;
    private readonly Dictionary<long, PeerConnection> _connections = [];
    private readonly ITimer _timer;
    private TimeSpan? _due;

    /// <summary>Creates it.</summary>
    /// <param name="options">Its settings, validated.</param>
    /// <param name="maxConnections">How many connections the node may have at all.</param>
    /// <param name="time">The node's clock.</param>
    /// <param name="logger">Where it logs.</param>
    public ConnectionPruner(PrunerOptions options, int maxConnections, TimeProvider time, ILogger logger)
    {
        _time = time;
        _logger = logger;
        _epoch = time.GetTimestamp();
        _machine = new(options, maxConnections);
        _timer = time.CreateTimer(static self => ((ConnectionPruner)self!).Elapse(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Told of each connection that is closed, and why.</summary>
    public event Action<PruneCause>? Pruned;

    private TimeSpan Now => _time.GetElapsedTime(_epoch);

    /// <summary>Counts a connection. It never closes anything within the call.</summary>
    public void Add(PeerConnection connection)
    {
        lock (_gate)
        {
            _connections[connection.Info.Id] = connection;
            _machine.Advance(new PrunerInput.Opened(connection.Info.Id, connection.Info.RemotePeer, connection.Info.Role), Now);
            Schedule();
        }
    }

    /// <summary>Counts a connection no more.</summary>
    public void Remove(PeerConnection connection)
    {
        lock (_gate)
        {
            _connections.Remove(connection.Info.Id);
            _machine.Advance(new PrunerInput.Ended(connection.Info.Id), Now);
            Schedule();
        }
    }

    /// <inheritdoc/>
    public void Tag(PeerId peer, string tag, int value)
    {
        lock (_gate)
            _machine.Tags.Set(peer, tag, value);
    }

    /// <inheritdoc/>
    public void Bump(PeerId peer, string tag, int by, TimeSpan halfLife)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(halfLife, TimeSpan.Zero);
        lock (_gate)
            _machine.Tags.Bump(peer, tag, by, halfLife, Now);
    }

    /// <inheritdoc/>
    public void Untag(PeerId peer, string tag)
    {
        lock (_gate)
            _machine.Tags.Remove(peer, tag);
    }

    /// <inheritdoc/>
    public void Protect(PeerId peer, string tag)
    {
        lock (_gate)
            _machine.Tags.Protect(peer, tag);
    }

    /// <inheritdoc/>
    public bool Unprotect(PeerId peer, string tag)
    {
        lock (_gate)
            return _machine.Tags.Unprotect(peer, tag);
    }

    /// <inheritdoc/>
    public bool IsProtected(PeerId peer)
    {
        lock (_gate)
            return _machine.Tags.IsProtected(peer);
    }

    /// <inheritdoc/>
    public int WorthOf(PeerId peer)
    {
        lock (_gate)
            return _machine.Tags.WorthOf(peer, Now);
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Elapse()
    {
        List<(PeerConnection Connection, PrunerEffect.Close Close)> closing = [];
        lock (_gate)
        {
            _due = null;
            _machine.Elapse(Now);
            while (_machine.TryTake(out var effect))
            {
                if (effect is PrunerEffect.Close close && _connections.TryGetValue(close.Id, out var connection))
                    closing.Add((connection, close));
                else if (effect is PrunerEffect.Look)
                    _machine.Advance(new PrunerInput.Seen([.. _connections.Values.Select(c => new ConnectionUse(c.Info.Id, c.StreamCount, c.StreamsEver))]), Now);
            }
            Schedule();
        }
        foreach (var (connection, close) in closing)
        {
            SwarmLog.Pruning(_logger, connection.Info, close.Reason);
            Pruned?.Invoke(close.Cause);
            _ = OrderlyClose.RunAsync(connection, close.Reason, _logger);
        }
    }

    /// <summary>Sets the timer where that is needed: while the gate is held.</summary>
    private void Schedule()
    {
        if (_machine.Deadline == _due)
            return;
        _due = _machine.Deadline;
        // Timers count milliseconds; rounded up, none comes too early.
        var wait = _due is { } due ? TimeSpan.FromMilliseconds(Math.Ceiling(Math.Max(0, (due - Now).TotalMilliseconds))) : Timeout.InfiniteTimeSpan;
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }
}
