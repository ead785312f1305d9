using System.Diagnostics.Metrics;
using Libp2p.Diagnostics;
using Libp2p.Names;
using Libp2p.Security.PrivateNetwork;
using Libp2p.Swarm;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Libp2p;

/// <summary>
/// Puts a node together: the one place that knows all rooms. Order matters where a choice is negotiated: what is used first
/// is offered first.
/// </summary>
public sealed class NodeBuilder
{
    private readonly List<Func<NodeContext, ILinkTransport>> _linkTransports = [];
    private readonly List<Func<NodeContext, ILinkLayer>> _layers = [];
    private readonly List<Func<NodeContext, ITransport>> _transports = [];
    private readonly List<Func<NodeContext, ISecurityProtocol>> _security = [];
    private readonly List<Func<NodeContext, IMuxerProtocol>> _muxers = [];
    private readonly List<Func<NodeContext, INodeService>> _services = [];
    private readonly List<IPeerRouting> _routing = [];
    private Identity? _identity;
    private ILinkProtector? _protector;
    private Func<NodeContext, IPeerStore>? _peerStore;
    private bool _ownsPeerStore = true;
    private INameResolver? _names;
    private NameOptions? _nameOptions;
    private IConnectionGater _gater = new AllowAllGater();
    private HostNetwork _network = HostNetwork.System;
    private TimeProvider _time = TimeProvider.System;
    private ILoggerFactory _loggerFactory = NullLoggerFactory.Instance;
    private IMeterFactory? _meters;

    /// <summary>The node's settings.</summary>
    public NodeOptions Options { get; } = new();

    /// <summary>Who the node is. Default: a new Ed25519 identity.</summary>
    public NodeBuilder UseIdentity(Identity identity)
    {
        _identity = identity;
        return this;
    }

    /// <summary>Adds a transport whose links are upgraded.</summary>
    public NodeBuilder Use(Func<NodeContext, ILinkTransport> transport)
    {
        _linkTransports.Add(transport);
        return this;
    }

    /// <summary>Adds what runs over the links of the transports that are upgraded, and shares their ports.</summary>
    public NodeBuilder Use(Func<NodeContext, ILinkLayer> layer)
    {
        _layers.Add(layer);
        return this;
    }

    /// <summary>Adds a transport that authenticates and multiplexes by itself.</summary>
    public NodeBuilder Use(Func<NodeContext, ITransport> transport)
    {
        _transports.Add(transport);
        return this;
    }

    /// <summary>Adds a security protocol, after those that are there.</summary>
    public NodeBuilder Use(Func<NodeContext, ISecurityProtocol> security)
    {
        _security.Add(security);
        return this;
    }

    /// <summary>Guards every link before anything is negotiated on it.</summary>
    public NodeBuilder Use(ILinkProtector protector)
    {
        _protector = protector;
        return this;
    }

    /// <summary>Adds a muxer, after those that are there.</summary>
    public NodeBuilder Use(Func<NodeContext, IMuxerProtocol> muxer)
    {
        _muxers.Add(muxer);
        return this;
    }

    /// <summary>Attaches a service; services start in this order and stop in the opposite one.</summary>
    public NodeBuilder Add(Func<NodeContext, INodeService> service)
    {
        _services.Add(service);
        return this;
    }

    /// <summary>Remembers peers in this store, which stays the caller's to dispose of. Default: in memory.</summary>
    public NodeBuilder UsePeerStore(IPeerStore store)
    {
        (_peerStore, _ownsPeerStore) = (_ => store, false);
        return this;
    }

    /// <summary>Remembers peers in a store that is made for the node, and disposed of after it where it can be.</summary>
    public NodeBuilder UsePeerStore(Func<NodeContext, IPeerStore> store)
    {
        (_peerStore, _ownsPeerStore) = (store, true);
        return this;
    }

    /// <summary>Looks names up by DNS, in this manner. Default: by the machine's own servers.</summary>
    public NodeBuilder UseDns(NameOptions options)
    {
        _nameOptions = options;
        return this;
    }

    /// <summary>Looks names up by this resolver. Default: by DNS.</summary>
    public NodeBuilder UseNameResolver(INameResolver names)
    {
        _names = names;
        return this;
    }

    /// <summary>Asks this gater who may connect. Default: everyone.</summary>
    public NodeBuilder UseGater(IConnectionGater gater)
    {
        _gater = gater;
        return this;
    }

    /// <summary>Looks here for peers of whom no address is known.</summary>
    public NodeBuilder UsePeerRouting(IPeerRouting routing)
    {
        _routing.Add(routing);
        return this;
    }

    /// <summary>Takes the time from this clock. Default: the system's.</summary>
    public NodeBuilder UseTimeProvider(TimeProvider time)
    {
        _time = time;
        return this;
    }

    /// <summary>Logs here. Default: nowhere.</summary>
    public NodeBuilder UseLogging(ILoggerFactory loggerFactory)
    {
        _loggerFactory = loggerFactory;
        return this;
    }

    /// <summary>Makes the node's meter by this factory, which then owns it. Default: a meter of the node's own that ends with it. Names: <see cref="Diagnostics.Libp2pDiagnostics"/>.</summary>
    public NodeBuilder UseMeterFactory(IMeterFactory meters)
    {
        _meters = meters;
        return this;
    }

    /// <summary>Takes this for the machine's interfaces. Default: the system's.</summary>
    internal NodeBuilder UseHostNetwork(HostNetwork network)
    {
        _network = network;
        return this;
    }

    /// <summary>Listens on an address, such as <c>/ip4/0.0.0.0/tcp/0</c>.</summary>
    /// <exception cref="FormatException">It is no multiaddress; the message names the bad part.</exception>
    public NodeBuilder Listen(string address) => Listen(Multiaddress.Parse(address, null));

    /// <summary>Listens on an address.</summary>
    public NodeBuilder Listen(Multiaddress address)
    {
        Options.Listen.Add(address);
        return this;
    }

    /// <summary>Changes the node's settings.</summary>
    public NodeBuilder Configure(Action<NodeOptions> configure)
    {
        configure(Options);
        return this;
    }

    /// <summary>Builds the node without starting it.</summary>
    /// <exception cref="ArgumentException">A setting makes no sense.</exception>
    /// <exception cref="InvalidOperationException">A part is missing.</exception>
    public Libp2pNode Build()
    {
        Options.Validate();
        if (_linkTransports.Count > 0 && (_security.Count == 0 || _muxers.Count == 0))
            throw new InvalidOperationException("A node needs a security protocol and a muxer: add UseNoise() and UseYamux().");
        if (_linkTransports.Count + _transports.Count == 0)
            throw new InvalidOperationException("A node needs a transport: add UseTcp().");
        if (_layers.Count > 0 && _linkTransports.Count == 0)
            throw new InvalidOperationException("WebSocket runs over another transport: add UseTcp().");
        if (_protector is not null && _layers.Count + _transports.Count > 0)
            throw new InvalidOperationException("A private network's port is bare TCP: leave out UseWebSocket() and transports that secure themselves.");
        if (_protector is null && PrivateNetworkKey.IsDemanded)
            throw new InvalidOperationException($"{PrivateNetworkKey.DemandVariable}=1 forbids a node outside of a private network: give it a key by UsePrivateNetwork(key), or unset the variable.");
        var pool = new BufferPool();
        var dns = _names is null ? new DnsResolver(_nameOptions, _time, _loggerFactory.CreateLogger<DnsResolver>()) : null;
        var names = _names ?? dns!;
        var identity = _identity ?? Identity.Generate();
        var meter = NodeMetrics.CreateMeter(_meters, identity.PeerId);
        var context = new NodeContext(identity, _time, _loggerFactory, pool, names, new AddressResolver(names, Options.Resolve, _time), meter);
        var logger = _loggerFactory.CreateLogger<Libp2pNode>();
        var upgrader = new Upgrader(context.Identity, Make(_security, context), Make(_muxers, context), _time, _protector);
        var admission = new InboundAdmission(Options.Upgrade, _time);
        var ports = new PortTable(upgrader, admission, _gater, _time, logger);
        ILinkLayer?[] layers = [null, .. Make(_layers, context)];
        ITransport[] transports =
        [
            .. Make(_linkTransports, context).SelectMany(links => layers.Select(layer => new UpgradingTransport(links, layer, upgrader, ports, _time))),
            .. Make(_transports, context),
        ];
        var peerStore = _peerStore?.Invoke(context) ?? new InMemoryPeerStore(timeProvider: _time);
        object?[] owned = [dns, _ownsPeerStore ? peerStore : null, _meters is null ? meter : null];
        return new Libp2pNode(context, pool, Options, transports, Make(_services, context), peerStore, _routing, _gater, _network, owned, logger);
    }

    /// <summary>Builds the node and starts it: when this returns, it listens.</summary>
    /// <exception cref="Libp2pException"><see cref="Libp2pError.ListenFailed"/> with the cause and the next step.</exception>
    public async Task<Libp2pNode> StartAsync(CancellationToken cancellationToken = default)
    {
        var node = Build();
        try
        {
            await node.StartAsync(cancellationToken).ConfigureAwait(false);
            return node;
        }
        catch
        {
            await node.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static T[] Make<T>(List<Func<NodeContext, T>> makers, NodeContext context) => [.. makers.Select(make => make(context))];
}
