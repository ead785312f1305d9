using Libp2p.Muxers.Mplex;
using Libp2p.Muxers.Yamux;
using Libp2p.Protocols.Gossipsub;
using Libp2p.Protocols.Identify;
using Libp2p.Protocols.Perf;
using Libp2p.Protocols.Ping;
using Libp2p.Reconnection;
using Libp2p.Security.Noise;
using Libp2p.Security.Plaintext;
using Libp2p.Security.PrivateNetwork;
using Libp2p.Security.Secio;
using Libp2p.Security.Tls;
using Libp2p.Transports.Memory;
using Libp2p.Transports.Tcp;
using Libp2p.Transports.Unix;
using Libp2p.Transports.WebSocket;
using Microsoft.Extensions.Logging;

namespace Libp2p;

/// <summary>The parts of the standard stack, a method each.</summary>
public static class NodeBuilderExtensions
{
    /// <summary>Speaks TCP.</summary>
    public static NodeBuilder UseTcp(this NodeBuilder builder, TcpOptions? options = null) =>
        builder.Use(ILinkTransport (c) => new TcpTransport(c.Pool, options, c.TimeProvider, c.LoggerFactory.CreateLogger<TcpTransport>()));

    /// <summary>Speaks over Unix sockets, <c>/unix/…</c>, with peers on this machine.</summary>
    public static NodeBuilder UseUnixSockets(this NodeBuilder builder, UnixOptions? options = null) =>
        builder.Use(ILinkTransport (c) => new UnixTransport(c.Pool, options, c.TimeProvider, c.LoggerFactory.CreateLogger<UnixTransport>()));

    /// <summary>Speaks WebSocket over TCP, and listens on the same ports: <c>/ip4/0.0.0.0/tcp/4001/ws</c> beside <c>/ip4/0.0.0.0/tcp/4001</c>.</summary>
    public static NodeBuilder UseWebSocket(this NodeBuilder builder, WebSocketOptions? options = null) =>
        builder.Use(ILinkLayer (c) => new WebSocketLayer(options, builder.Options.Upgrade.TrustedProxies, c.TimeProvider, c.LoggerFactory.CreateLogger<WebSocketLayer>()));

    /// <summary>Speaks within this process, for tests: nodes that share a network reach each other at <c>/memory/…</c>.</summary>
    public static NodeBuilder UseMemory(this NodeBuilder builder, MemoryNetwork network) =>
        builder.Use(ILinkTransport (c) => new MemoryTransport(c.Pool, network));

    /// <summary>Secures links by Noise.</summary>
    public static NodeBuilder UseNoise(this NodeBuilder builder, NoiseOptions? options = null) =>
        builder.Use(ISecurityProtocol (c) => new NoiseProtocol(options, c.LoggerFactory.CreateLogger<NoiseProtocol>()));

    /// <summary>Leaves links unsecured: for tests and trusted links. Whoever is on the way can then lead all connections of the node to it.</summary>
    public static NodeBuilder UsePlaintext(this NodeBuilder builder, PlaintextOptions? options = null) =>
        builder.Use(ISecurityProtocol (c) => new PlaintextProtocol(options, c.LoggerFactory.CreateLogger<PlaintextProtocol>()));

    /// <summary>Secures links by SECIO, which libp2p gave up in 2020: for peers that have nothing better. Use it after <see cref="UseNoise"/>.</summary>
    public static NodeBuilder UseLegacySecio(this NodeBuilder builder, SecioOptions? options = null) =>
        builder.Use(ISecurityProtocol (c) => new SecioProtocol(options, c.LoggerFactory.CreateLogger<SecioProtocol>()));

    /// <summary>Secures links by TLS 1.3.</summary>
    /// <exception cref="PlatformNotSupportedException">When the node is built: this platform has none, see <see cref="TlsProtocol.IsSupported"/>.</exception>
    public static NodeBuilder UseTls(this NodeBuilder builder, TlsOptions? options = null) =>
        builder.Use(ISecurityProtocol (c) => new TlsProtocol(options, c.TimeProvider, c.LoggerFactory.CreateLogger<TlsProtocol>()));

    /// <summary>
    /// Belongs to a private network: every link is guarded by its key, and who has not the key gets no further. Such a port is bare
    /// TCP; WebSocket, and transports that secure themselves, do not go with it.
    /// </summary>
    public static NodeBuilder UsePrivateNetwork(this NodeBuilder builder, PrivateNetworkKey key) => builder.Use(new PrivateNetworkProtector(key));

    /// <summary>Multiplexes by Yamux.</summary>
    public static NodeBuilder UseYamux(this NodeBuilder builder, YamuxOptions? options = null) =>
        builder.Use(IMuxerProtocol (c) => new YamuxMuxer(options, c.TimeProvider, c.LoggerFactory.CreateLogger<YamuxMuxer>()));

    /// <summary>Multiplexes by mplex, which is deprecated and has no flow control: for peers that have nothing else. Use it after <see cref="UseYamux"/>.</summary>
    public static NodeBuilder UseMplex(this NodeBuilder builder, MplexOptions? options = null) =>
        builder.Use(IMuxerProtocol (c) => new MplexMuxer(options, c.TimeProvider, c.LoggerFactory.CreateLogger<MplexMuxer>()));

    /// <summary>Answers pings, and can ping: <see cref="PingNodeExtensions"/>.</summary>
    public static NodeBuilder AddPing(this NodeBuilder builder) =>
        builder.Add(c => new PingService(c.TimeProvider));

    /// <summary>Tells peers what this node is, and learns what they are.</summary>
    public static NodeBuilder AddIdentify(this NodeBuilder builder, IdentifyOptions? options = null) =>
        builder.Add(c => new IdentifyService(options, c.TimeProvider, c.LoggerFactory.CreateLogger<IdentifyService>()));

    /// <summary>Measures throughput; serves others only where the options say so.</summary>
    public static NodeBuilder AddPerf(this NodeBuilder builder, PerfOptions? options = null) =>
        builder.Add(c => new PerfService(options, c.TimeProvider));

    /// <summary>Publishes and subscribes by gossipsub, and by floodsub with peers that know no more: <see cref="GossipsubService"/>.</summary>
    public static NodeBuilder AddGossipsub(this NodeBuilder builder, GossipsubOptions? options = null) =>
        builder.Add(c => new GossipsubService(options, c.TimeProvider, c.LoggerFactory.CreateLogger<GossipsubService>(), c.Meter));

    /// <summary>Publishes and subscribes by floodsub alone: every message goes to every subscriber.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="options">The parameters; which protocols are spoken is set to floodsub.</param>
    public static NodeBuilder AddFloodsub(this NodeBuilder builder, GossipsubOptions? options = null)
    {
        options ??= new GossipsubOptions();
        options.MinVersion = options.MaxVersion = GossipsubVersion.Floodsub;
        return builder.AddGossipsub(options);
    }

    /// <summary>Keeps chosen peers connected: <see cref="KeepAliveService.AddAsync"/>.</summary>
    public static NodeBuilder AddKeepAlive(this NodeBuilder builder, KeepAliveOptions? options = null) =>
        builder.Add(c => new KeepAliveService(options, c.TimeProvider, c.LoggerFactory.CreateLogger<KeepAliveService>()));
}
