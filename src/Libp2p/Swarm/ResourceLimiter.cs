namespace Libp2p.Swarm;

/// <summary>
/// Counts what connections and streams cost, in nested scopes: the node, an address, a peer, a protocol, a protocol of a peer.
/// A reservation is given back by disposing it, once.
/// </summary>
internal sealed class ResourceLimiter(SwarmLimits limits, BufferPool pool)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<PeerId, int> _connectionsOfPeer = [];
    private readonly Dictionary<AddressKey, int> _connectionsOfAddress = [];
    private readonly Dictionary<PeerId, int> _streamsOfPeer = [];
    private readonly Dictionary<ProtocolId, int> _streamsOfProtocol = [];
    private readonly Dictionary<(PeerId, ProtocolId), int> _streamsOfPeerProtocol = [];
    private int _connections;
    private int _streams;

    /// <summary>Connections that are counted.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Streams that are counted.</summary>
    public int Streams => Volatile.Read(ref _streams);

    /// <summary>Streams that are counted, by protocol. A snapshot.</summary>
    public IReadOnlyList<KeyValuePair<ProtocolId, int>> StreamsByProtocol
    {
        get
        {
            lock (_gate)
                return [.. _streamsOfProtocol];
        }
    }

    /// <summary>Asks to admit a connection.</summary>
    /// <param name="connection">Its facts.</param>
    /// <param name="reservation">To be disposed when it has ended.</param>
    /// <returns>Null where it is admitted; else which limit is reached.</returns>
    public string? TryAdd(ConnectionInfo connection, out IDisposable? reservation)
    {
        reservation = null;
        var address = connection.Role == Role.Listener ? AddressKey.Of(connection.RemoteAddress) : null;
        lock (_gate)
        {
            if (_connections >= limits.MaxConnections)
                return $"this node has {limits.MaxConnections} connections";
            if (pool.RentedBytes >= limits.MaxBuffered)
                return "this node's buffers are full";
            if (_connectionsOfPeer.GetValueOrDefault(connection.RemotePeer) >= limits.MaxConnectionsPerPeer)
                return $"the peer has {limits.MaxConnectionsPerPeer} connections";
            if (address is { } key && _connectionsOfAddress.GetValueOrDefault(key) >= limits.MaxConnectionsPerAddress)
                return $"its address has {limits.MaxConnectionsPerAddress} connections";
            _connections++;
            Increment(_connectionsOfPeer, connection.RemotePeer);
            if (address is { } counted)
                Increment(_connectionsOfAddress, counted);
        }
        reservation = new ConnectionReservation(this, connection, address);
        return null;
    }

    /// <summary>Asks to admit an inbound stream whose protocol is known.</summary>
    public string? TryAddStream(PeerId peer, ProtocolId protocol, int? maxPerPeer, out IDisposable? reservation)
    {
        reservation = null;
        lock (_gate)
        {
            if (_streams >= limits.MaxStreams)
                return $"this node has {limits.MaxStreams} streams";
            if (pool.RentedBytes >= limits.MaxBuffered)
                return "this node's buffers are full";
            if (_streamsOfPeer.GetValueOrDefault(peer) >= limits.MaxStreamsPerPeer)
                return $"the peer has {limits.MaxStreamsPerPeer} streams";
            if (_streamsOfProtocol.GetValueOrDefault(protocol) >= limits.MaxStreamsPerProtocol)
                return $"{protocol} has {limits.MaxStreamsPerProtocol} streams";
            if (_streamsOfPeerProtocol.GetValueOrDefault((peer, protocol)) >= maxPerPeer)
                return $"the peer has {maxPerPeer} streams of {protocol}";
            _streams++;
            Increment(_streamsOfPeer, peer);
            Increment(_streamsOfProtocol, protocol);
            Increment(_streamsOfPeerProtocol, (peer, protocol));
        }
        reservation = new StreamReservation(this, peer, protocol);
        return null;
    }

    private static void Increment<TKey>(Dictionary<TKey, int> counts, TKey key)
        where TKey : notnull => counts[key] = counts.GetValueOrDefault(key) + 1;

    private static void Decrement<TKey>(Dictionary<TKey, int> counts, TKey key)
        where TKey : notnull
    {
        if (counts[key] == 1)
            counts.Remove(key);
        else
            counts[key]--;
    }

    private void Release(ConnectionInfo connection, AddressKey? address)
    {
        lock (_gate)
        {
            _connections--;
            Decrement(_connectionsOfPeer, connection.RemotePeer);
            if (address is { } counted)
                Decrement(_connectionsOfAddress, counted);
        }
    }

    private void Release(PeerId peer, ProtocolId protocol)
    {
        lock (_gate)
        {
            _streams--;
            Decrement(_streamsOfPeer, peer);
            Decrement(_streamsOfProtocol, protocol);
            Decrement(_streamsOfPeerProtocol, (peer, protocol));
        }
    }

    // Plain objects without closures: an idle stream keeps one of these for as long as it lives.
    private sealed class ConnectionReservation(ResourceLimiter limiter, ConnectionInfo connection, AddressKey? address) : IDisposable
    {
        private int _released;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _released, 1) == 0)
                limiter.Release(connection, address);
        }
    }

    private sealed class StreamReservation(ResourceLimiter limiter, PeerId peer, ProtocolId protocol) : IDisposable
    {
        private int _released;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _released, 1) == 0)
                limiter.Release(peer, protocol);
        }
    }
}
