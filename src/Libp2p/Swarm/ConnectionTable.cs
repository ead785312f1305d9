using Microsoft.Extensions.Logging;

namespace Libp2p.Swarm;

/// <summary>
/// The connections of a node, and the single door to it: whoever passes has been compared with the peer that was expected
/// (by the upgrader, and again by the dialer), asked of the gater, and counted. Several connections to one peer are normal.
/// </summary>
internal sealed class ConnectionTable(
    ResourceLimiter limiter, IConnectionGater gater, ConnectionPruner pruner, Action<NodeEvent> publish, Func<PeerConnection, Task> serve, ILogger logger)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<PeerId, List<PeerConnection>> _byPeer = [];
    private readonly HashSet<PeerConnection> _leaving = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;
    private int _served;
    private int _gaterVersion;
    private long _received;
    private long _sent;
    private bool _closed;

    /// <summary>Told of each connection that is not admitted, before the other side can know.</summary>
    public event Action<ConnectionInfo>? Refused;

    public IReadOnlyList<PeerId> Peers
    {
        get
        {
            lock (_gate)
                return [.. _byPeer.Keys];
        }
    }

    public IReadOnlyList<PeerConnection> All
    {
        get
        {
            lock (_gate)
                return [.. _byPeer.Values.SelectMany(c => c)];
        }
    }

    /// <summary>Bytes that connections have carried, those that have ended too.</summary>
    public (long Received, long Sent) Bytes
    {
        get
        {
            lock (_gate)
            {
                var open = _byPeer.Values.SelectMany(c => c);
                return (_received + open.Sum(c => c.BytesReceived ?? 0), _sent + open.Sum(c => c.BytesSent ?? 0));
            }
        }
    }

    /// <summary>Connections at this moment.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>
    /// The connection that new streams to a peer use; null where there is none. The oldest: of two that were dialled at the same
    /// time, others close the younger. But one that came later from another address is taken before it: the peer has moved, and
    /// what it left behind looks alive here until its keepalive gives up.
    /// </summary>
    public PeerConnection? Find(PeerId peer)
    {
        lock (_gate)
        {
            PeerConnection? chosen = null;
            foreach (var connection in _byPeer.GetValueOrDefault(peer) ?? [])
            {
                if (!connection.Closed.IsCompleted && (chosen is null || From(connection) != From(chosen)))
                    chosen = connection;
            }
            return chosen;
        }
    }

    /// <summary>The connection of that number; null where it has ended.</summary>
    public PeerConnection? Find(ConnectionInfo info)
    {
        lock (_gate)
            return _byPeer.TryGetValue(info.RemotePeer, out var connections) ? connections.Find(c => c.Info.Id == info.Id) : null;
    }

    /// <summary>All connections to a peer.</summary>
    public IReadOnlyList<PeerConnection> FindAll(PeerId peer)
    {
        lock (_gate)
            return _byPeer.TryGetValue(peer, out var connections) ? [.. connections] : [];
    }

    /// <summary>Admits a connection; where it does not, the connection has been ended with the reason that is returned.</summary>
    public CloseReason? Add(PeerConnection connection)
    {
        var info = connection.Info;
        var version = Volatile.Read(ref _gaterVersion);
        var refusal = Allows(info) ? null : new CloseReason(CloseCode.Refused, "the gater denies this peer");
        IDisposable? reservation = null;
        if (refusal is null && limiter.TryAdd(info, out reservation) is { } limit)
            refusal = new CloseReason(CloseCode.LimitReached, limit);
        if (refusal is null)
        {
            lock (_gate)
            {
                // The gater may have changed its mind since it was asked, too early for Recheck to see this connection.
                if (version != _gaterVersion && !Allows(info))
                {
                    refusal = new CloseReason(CloseCode.Refused, "the gater denies this peer");
                }
                else if (_closed)
                {
                    refusal = new CloseReason(CloseCode.Shutdown);
                }
                else
                {
                    var isFirst = !_byPeer.TryGetValue(info.RemotePeer, out var connections);
                    if (isFirst)
                        _byPeer.Add(info.RemotePeer, connections = []);
                    connections!.Add(connection);
                    _count++;
                    _served++;
                    // Before anyone hears of it, so that a service that hears can tag it.
                    pruner.Add(connection);
                    // Within the lock, so that watchers see the first and the last connection of a peer in their true order.
                    publish(new ConnectionOpened(info));
                    if (isFirst)
                        publish(new PeerConnected(info.RemotePeer, info));
                }
            }
        }
        if (refusal is not null)
        {
            reservation?.Dispose();
            SwarmLog.NotAdmitted(logger, info, refusal);
            Refused?.Invoke(info);
            connection.Abort(refusal);
            return refusal;
        }
        SwarmLog.Connected(logger, info);
        // What the dial or the accept ran in (an activity, a caller's locals) must not live on in the connection and its handlers.
        using (ExecutionContext.SuppressFlow())
            _ = ServeUntilEndAsync(connection, reservation!);
        return null;
    }

    /// <summary>
    /// Ends a connection in good order: when this is over, the goodbye has been sent, behind all that was flushed, and the
    /// connection has ended for its users. That the other side leaves too is waited for in the background: the next dial
    /// need not wait for a peer that is slow to go.
    /// </summary>
    public static Task EndAsync(PeerConnection connection)
    {
        var leaving = connection.DisposeAsync().AsTask();
        return Task.WhenAny(connection.Closed, leaving).Unwrap();
    }

    /// <summary>Asks the gater again about every connection, and ends those that it denies now.</summary>
    public void Recheck()
    {
        lock (_gate)
            _gaterVersion++;
        foreach (var denied in All.Where(c => !Allows(c.Info)))
            _ = OrderlyClose.RunAsync(denied, new CloseReason(CloseCode.Refused, "the gater denies this peer now"), logger);
    }

    /// <summary>Closes the door, says goodbye to everyone, and waits until all have gone and everyone has been told.</summary>
    public async ValueTask CloseAsync()
    {
        PeerConnection[] connections;
        lock (_gate)
        {
            _closed = true;
            connections = [.. _byPeer.Values.SelectMany(c => c), .. _leaving];
            if (_served == 0)
                _ended.TrySetResult();
        }
        await Task.WhenAll(connections.Select(c => c.DisposeAsync().AsTask())).ConfigureAwait(false);
        await _ended.Task.ConfigureAwait(false);
    }

    private static AddressKey? From(PeerConnection connection) => AddressKey.Of(connection.Info.RemoteAddress);

    private bool Allows(ConnectionInfo info) => gater.AllowPeer(info.RemotePeer, info.RemoteAddress, info.Role);

    private async Task ServeUntilEndAsync(PeerConnection connection, IDisposable reservation)
    {
        try
        {
            await serve(connection).ConfigureAwait(false);
            var reason = await connection.Closed.ConfigureAwait(false);
            var info = connection.Info;
            lock (_gate)
            {
                var connections = _byPeer[info.RemotePeer];
                connections.Remove(connection);
                _leaving.Add(connection);
                _count--;
                pruner.Remove(connection);
                _received += connection.BytesReceived ?? 0;
                _sent += connection.BytesSent ?? 0;
                publish(new ConnectionEnded(info, reason));
                if (connections.Count == 0)
                {
                    _byPeer.Remove(info.RemotePeer);
                    publish(new PeerDisconnected(info.RemotePeer, reason));
                }
            }
            reservation.Dispose();
            SwarmLog.Disconnected(logger, info, reason);
            await connection.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
            {
                _leaving.Remove(connection);
                if (--_served == 0 && _closed)
                    _ended.TrySetResult();
            }
        }
    }
}
