using Libp2p.Diagnostics;
using Libp2p.Negotiation;
using Libp2p.Swarm;
using Microsoft.Extensions.Logging;

namespace Libp2p;

/// <summary>A libp2p node. <see cref="CreateBuilder"/> begins one; disposing it says goodbye to every peer and frees everything.</summary>
public sealed class Libp2pNode : INode
{
    /// <summary>How often buffers that nobody needs are let go.</summary>
    private static readonly TimeSpan TrimInterval = TimeSpan.FromSeconds(10);

    private readonly NodeContext _context;
    private readonly NodeOptions _options;
    private readonly IReadOnlyList<ITransport> _transports;
    private readonly IReadOnlyList<INodeService> _services;
    private readonly IReadOnlyList<IPeerRouting> _routing;
    private readonly IReadOnlyList<object?> _owned;
    private readonly ILogger _logger;
    private readonly EventHub _events = new();
    private readonly ProtocolTable _protocols = new();
    private readonly NodeAddresses _addresses;
    private readonly StreamRouter _router;
    private readonly IConnectionGater _gater;
    private readonly HostNetwork _network;
    private readonly ConnectionPruner _pruner;
    private readonly ConnectionTable _connections;
    private readonly Dialer _dialer;
    private readonly List<IListener<PeerConnection>> _listeners = [];
    private readonly List<Task> _accepting = [];
    private readonly NodeMetrics _metrics;
    private readonly ITimer _trimming;
    private NetworkRecovery? _recovery;
    private int _disposed;

    internal Libp2pNode(
        NodeContext context, BufferPool pool, NodeOptions options, IReadOnlyList<ITransport> transports, IReadOnlyList<INodeService> services,
        IPeerStore peerStore, IReadOnlyList<IPeerRouting> routing, IConnectionGater gater, HostNetwork network, IReadOnlyList<object?> owned, ILogger logger)
    {
        _context = context;
        _options = options;
        _transports = transports;
        _services = services;
        _routing = routing;
        _owned = owned;
        _gater = gater;
        _network = network;
        _logger = logger;
        PeerStore = peerStore;
        Pool = pool;
        var limiter = new ResourceLimiter(options.Limits, pool);
        _addresses = new NodeAddresses(context.Identity.PeerId, [.. options.Announce], [.. options.AppendAnnounce], network);
        _router = new StreamRouter(_protocols, limiter, options.Limits, options.Upgrade, context.TimeProvider, logger);
        _pruner = new ConnectionPruner(options.Pruner, options.Limits.MaxConnections, context.TimeProvider, logger);
        _connections = new ConnectionTable(limiter, gater, _pruner, PublishConnection, _router.ServeAsync, logger);
        _dialer = new Dialer(options.Dial, transports, gater, Admit, context.TimeProvider, logger, context.Resolver);
        _metrics = Measure(limiter);
        _trimming = context.TimeProvider.CreateTimer(_ => pool.Trim(), null, TrimInterval, TrimInterval);
        _protocols.Changed += () => Publish(new ProtocolsChanged(_protocols.Protocols));
        _addresses.Changed += () => Publish(new AddressesChanged(_addresses.All));
        gater.Changed += _connections.Recheck;
    }

    /// <summary>Begins a node with nothing in it.</summary>
    public static NodeBuilder CreateBuilder() => new();

    /// <inheritdoc/>
    public Identity Identity => _context.Identity;

    /// <inheritdoc/>
    public IReadOnlyList<Multiaddress> Addresses => _addresses.All;

    /// <inheritdoc/>
    public IReadOnlyList<Multiaddress> ListenAddresses => _addresses.Listen;

    /// <inheritdoc/>
    public IReadOnlyList<ProtocolId> Protocols => _protocols.Protocols;

    /// <inheritdoc/>
    public IReadOnlyList<PeerId> Peers => _connections.Peers;

    /// <inheritdoc/>
    public IReadOnlyList<ConnectionInfo> Connections => [.. _connections.All.Select(c => c.Info)];

    /// <inheritdoc/>
    public bool IsOpen(ConnectionInfo connection) => _connections.Find(connection) is { Closed.IsCompleted: false };

    /// <inheritdoc/>
    public IPeerStore PeerStore { get; }

    /// <inheritdoc/>
    public IConnectionTags ConnectionTags => _pruner;

    /// <inheritdoc/>
    public TimeProvider TimeProvider => _context.TimeProvider;

    /// <summary>The node's buffers; <see cref="BufferPool.RentedBytes"/> is what it holds at this moment.</summary>
    public BufferPool Pool { get; }

    /// <summary>How this node resolves addresses that begin with a name.</summary>
    public AddressResolver Resolver => _context.Resolver;

    /// <summary>The attached service of a type.</summary>
    /// <exception cref="InvalidOperationException">There is none; the message says so.</exception>
    public T Get<T>()
        where T : class, INodeService =>
        _services.OfType<T>().FirstOrDefault() ?? throw new InvalidOperationException($"The node has no {typeof(T).Name}: add it to the builder.");

    /// <summary>Starts services, then listens. <see cref="NodeBuilder.StartAsync"/> calls it.</summary>
    /// <exception cref="Libp2pException"><see cref="Libp2pError.ListenFailed"/>, or <see cref="Libp2pError.UnsupportedAddress"/>.</exception>
    public async ValueTask StartAsync(CancellationToken cancellationToken = default)
    {
        foreach (var service in _services)
            await service.StartAsync(this, cancellationToken).ConfigureAwait(false);
        if (_options.Recovery.Enabled)
            _recovery = new NetworkRecovery(_options.Recovery, _network, TimeProvider, () => _connections.All, Recover, _logger);
        foreach (var address in _options.Listen)
            await ListenAsync(address, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<ConnectionInfo> ConnectAsync(PeerId peer, CancellationToken cancellationToken = default) => ConnectAsync(peer, null, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ConnectionInfo> ConnectAsync(Multiaddress address, CancellationToken cancellationToken = default) => ConnectAsync(address, null, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<ConnectionInfo> ConnectAsync(PeerId peer, ConnectOptions? options, CancellationToken cancellationToken = default) =>
        (await GetConnectionAsync(peer, options, cancellationToken).ConfigureAwait(false)).Info;

    /// <inheritdoc/>
    public async ValueTask<ConnectionInfo> ConnectAsync(Multiaddress address, ConnectOptions? options, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        if (address.PeerId is { } peer && _connections.Find(peer) is { } open)
            return open.Info;
        return (await DialAsync(address.PeerId, [address], options, cancellationToken).ConfigureAwait(false)).Info;
    }

    /// <inheritdoc/>
    public async ValueTask DisconnectAsync(PeerId peer, CancellationToken cancellationToken = default) =>
        await Task.WhenAll(_connections.FindAll(peer).Select(ConnectionTable.EndAsync)).WaitAsync(cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<PeerStream> OpenStreamAsync(PeerId peer, ProtocolId protocol, CancellationToken cancellationToken = default) =>
        await ProposeAsync(await GetConnectionAsync(peer, null, cancellationToken).ConfigureAwait(false), protocol, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<PeerStream> OpenStreamAsync(ConnectionInfo connection, ProtocolId protocol, CancellationToken cancellationToken = default)
    {
        var open = _connections.Find(connection) ?? throw new Libp2pException(Libp2pError.ConnectionClosed, $"The connection to {connection.RemotePeer} has ended.");
        return await ProposeAsync(open, protocol, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<PeerStream> OpenStreamAsync(PeerId peer, IReadOnlyList<ProtocolId> protocols, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfZero(protocols.Count, nameof(protocols));
        return await OpenAsync(await GetConnectionAsync(peer, null, cancellationToken).ConfigureAwait(false), protocols, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<PeerStream?> OpenStreamIfConnectedAsync(PeerId peer, IReadOnlyList<ProtocolId> protocols, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfZero(protocols.Count, nameof(protocols));
        return _connections.Find(peer) is { } connection ? await OpenAsync(connection, protocols, cancellationToken).ConfigureAwait(false) : null;
    }

    /// <inheritdoc/>
    public IDisposable Handle(ProtocolId protocol, StreamHandler handler, int? maxInboundStreamsPerPeer = null) =>
        _protocols.Add(protocol, handler, maxInboundStreamsPerPeer);

    /// <inheritdoc/>
    public IAsyncEnumerable<NodeEvent> WatchAsync(CancellationToken cancellationToken = default) => _events.Watch(cancellationToken);

    /// <inheritdoc/>
    public void Publish(NodeEvent nodeEvent)
    {
        _metrics.Observe(nodeEvent);
        _events.Publish(nodeEvent);
    }

    /// <inheritdoc/>
    public void ConfirmAddress(Multiaddress address) => _addresses.Confirm(address);

    /// <inheritdoc/>
    public void RetractAddress(Multiaddress address) => _addresses.Retract(address);

    /// <inheritdoc/>
    public TimeSpan? GetRoundTripTime(PeerId peer) => _connections.Find(peer)?.RoundTripTime;

    /// <summary>Stops: no more accepts or dials; handlers get <see cref="NodeOptions.StopTimeout"/> to end; every peer is told goodbye; services stop last to first.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        _recovery?.Dispose();
        await Task.WhenAll(_listeners.Select(l => l.DisposeAsync().AsTask())).ConfigureAwait(false);
        await Task.WhenAll(_accepting).ConfigureAwait(false);
        await _dialer.DisposeAsync().ConfigureAwait(false);
        await _router.StopAsync(_options.StopTimeout).ConfigureAwait(false);
        foreach (var service in _services.Reverse())
            await StopAsync(service).ConfigureAwait(false);
        _gater.Changed -= _connections.Recheck;
        _pruner.Dispose();
        await _connections.CloseAsync().ConfigureAwait(false);
        await _trimming.DisposeAsync().ConfigureAwait(false);
        _router.Dispose();
        _events.Close();
        _metrics.Dispose();
        foreach (var part in _owned)
            await DisposeAsync(part).ConfigureAwait(false);
    }

    /// <summary>Ends a part that was made for this node.</summary>
    private static async ValueTask DisposeAsync(object? part)
    {
        if (part is IAsyncDisposable later)
            await later.DisposeAsync().ConfigureAwait(false);
        else
            (part as IDisposable)?.Dispose();
    }

    private NodeMetrics Measure(ResourceLimiter limiter)
    {
        var readings = new NodeReadings(
            () => Connections, () => _connections.All.Sum(c => (long)c.StreamCount), () => limiter.StreamsByProtocol,
            () => _connections.Bytes, () => Pool.RentedBytes, () => Protocols.Count, () => Addresses.Count);
        var metrics = new NodeMetrics(_context.Meter, readings, TimeProvider);
        _router.StreamAdmitted += protocol => metrics.StreamOpened(Role.Listener, protocol);
        _connections.Refused += connection => metrics.ConnectionBlocked(connection.Role);
        _router.StreamRefused += metrics.StreamBlocked;
        _dialer.AttemptEnded += attempt => metrics.AttemptEnded(attempt.Address, Name(attempt.Outcome), attempt.Outcome switch
        {
            AttemptOutcome.Cancelled => "canceled: other",
            AttemptOutcome.Failed when attempt.Failure is { } failure => MetricLabels.Error(failure),
            _ => null,
        });
        _pruner.Pruned += cause => metrics.ConnectionPruned(cause == PruneCause.Idle ? "idle" : "too many");
        _dialer.DialEnded += dial => metrics.DialEnded(Name(dial.Outcome), dial.Attempts, dial.Duration, dial.RankingDelay);
        return metrics;

        static string Name(AttemptOutcome outcome) => outcome switch
        {
            AttemptOutcome.Succeeded => "success",
            AttemptOutcome.Failed => "failed",
            AttemptOutcome.Cancelled => "canceled",
            _ => "late",
        };
    }

    private void Recover(NetworkChanged change)
    {
        _addresses.Refresh();
        _dialer.ForgetFailures();
        Publish(change);
    }

    private void PublishConnection(NodeEvent nodeEvent)
    {
        Publish(nodeEvent);
        if (nodeEvent is PeerConnected or PeerDisconnected or ConnectionOpened { Connection.Role: Role.Dialer })
            _ = RememberAsync(nodeEvent);
    }

    /// <summary>What connections teach about peers: who is there, and which address worked.</summary>
    private async Task RememberAsync(NodeEvent nodeEvent)
    {
        try
        {
            if (nodeEvent is PeerConnected connected)
                await PeerStore.SetConnectedAsync(connected.Peer, true).ConfigureAwait(false);
            else if (nodeEvent is PeerDisconnected disconnected)
                await PeerStore.SetConnectedAsync(disconnected.Peer, false).ConfigureAwait(false);
            else if (nodeEvent is ConnectionOpened { Connection: var c })
                await PeerStore.AddAddressesAsync(c.RemotePeer, [c.RemoteAddress], AddressTrust.Recent).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            SwarmLog.PeerStoreFailed(_logger, e);
        }
    }

    private async ValueTask StopAsync(INodeService service)
    {
        try
        {
            await service.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // One service that fails to stop must not keep the others, and the peers, from their goodbye.
            SwarmLog.ServiceStopFailed(_logger, e);
        }
    }

    /// <summary>Listens on an address; on a name, at the first of the addresses it stands for that can be listened on.</summary>
    private async ValueTask ListenAsync(Multiaddress address, CancellationToken cancellationToken)
    {
        var found = await ResolveAsync(address, cancellationToken).ConfigureAwait(false);
        for (var i = 0; ; i++)
        {
            try
            {
                await ListenAtAsync(found[i].Address, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (Libp2pException) when (i + 1 < found.Count)
            {
                // One family may be missing here, or the name mean other machines too.
            }
        }
    }

    private async ValueTask<IReadOnlyList<ResolvedAddress>> ResolveAsync(Multiaddress address, CancellationToken cancellationToken)
    {
        try
        {
            return await _context.Resolver.ResolveAsync(address, cancellationToken).ConfigureAwait(false);
        }
        catch (Libp2pException e)
        {
            throw new Libp2pException(Libp2pError.ListenFailed, $"Cannot listen on {address}: {e.Message}", e);
        }
    }

    private async ValueTask ListenAtAsync(Multiaddress address, CancellationToken cancellationToken)
    {
        var transport = _transports.FirstOrDefault(t => t.Handles(address))
            ?? throw new Libp2pException(Libp2pError.UnsupportedAddress, $"No transport of this node listens on {address}.");
        var listener = await transport.ListenAsync(address, cancellationToken).ConfigureAwait(false);
        _listeners.Add(listener);
        _addresses.AddListen(listener.Address);
        SwarmLog.Listening(_logger, listener.Address);
        _accepting.Add(AcceptAsync(listener));
    }

    private async Task AcceptAsync(IListener<PeerConnection> listener)
    {
        while (await listener.AcceptAsync(CancellationToken.None).ConfigureAwait(false) is { } connection)
            _connections.Add(connection);
        _addresses.RemoveListen(listener.Address);
    }

    private async ValueTask<PeerConnection> GetConnectionAsync(PeerId peer, ConnectOptions? options, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        if (_connections.Find(peer) is { } open)
            return open;
        if (peer == Identity.PeerId)
            throw new Libp2pException(Libp2pError.Refused, "The peer is this node itself.");
        IReadOnlyList<Multiaddress> addresses = (await PeerStore.GetAsync(peer, cancellationToken).ConfigureAwait(false))?.Addresses ?? [];
        foreach (var routing in _routing)
        {
            if (addresses.Count > 0)
                break;
            addresses = await routing.FindPeerAsync(peer, cancellationToken).ConfigureAwait(false);
        }
        return await DialAsync(peer, addresses, options, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<PeerConnection> DialAsync(PeerId? peer, IReadOnlyList<Multiaddress> addresses, ConnectOptions? options, CancellationToken cancellationToken)
    {
        using var activity = NodeActivities.StartDial(peer, addresses.Count);
        try
        {
            var connection = await _dialer.DialAsync(peer, addresses, byUser: options is not { RespectBackoff: true }, options?.Progress, cancellationToken).ConfigureAwait(false);
            NodeActivities.Succeed(activity, connection.Info);
            return connection;
        }
        catch (Exception e)
        {
            NodeActivities.Fail(activity, e);
            if (e is DialException failure)
                Publish(new DialFailed(peer, failure));
            throw;
        }
    }

    private PeerConnection Admit(PeerConnection connection) => _connections.Add(connection) is { } refusal
        ? throw new Libp2pException(refusal.Code == CloseCode.LimitReached ? Libp2pError.LimitReached : Libp2pError.Refused, $"the connection was not admitted: {refusal}")
        : connection;

    private async ValueTask<PeerStream> OpenAsync(PeerConnection connection, IReadOnlyList<ProtocolId> protocols, CancellationToken cancellationToken)
    {
        if (protocols.Count == 1)
            return await ProposeAsync(connection, protocols[0], cancellationToken).ConfigureAwait(false);
        var stream = await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            using var deadline = new CancellationTokenSource(_options.Upgrade.StreamTimeout, TimeProvider);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
            var chosen = await MultistreamSelect.SelectAsync(stream, protocols, either.Token).ConfigureAwait(false);
            connection.CountStream();
            _metrics.StreamOpened(Role.Dialer, chosen);
            return new PeerStream(stream, chosen, connection.Info);
        }
        catch (Exception e)
        {
            stream.Reset();
            cancellationToken.ThrowIfCancellationRequested();
            if (e is OperationCanceledException)
                throw new Libp2pException(Libp2pError.Timeout, $"{connection.Info.RemotePeer} did not answer the negotiation of a stream.", e);
            throw;
        }
    }

    private async ValueTask<PeerStream> ProposeAsync(PeerConnection connection, ProtocolId protocol, CancellationToken cancellationToken)
    {
        var stream = await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        connection.CountStream();
        _metrics.StreamOpened(Role.Dialer, protocol);
        return new PeerStream(NegotiatedStream.Propose(stream, protocol, TimeProvider, _options.Upgrade.StreamTimeout), protocol, connection.Info);
    }
}
