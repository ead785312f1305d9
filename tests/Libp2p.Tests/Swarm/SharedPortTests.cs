using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Libp2p.Muxers.Yamux;
using Libp2p.Security.Noise;
using Libp2p.Swarm;
using Libp2p.Tests.Support;
using Libp2p.Transports.Tcp;
using Libp2p.Transports.WebSocket;
using Microsoft.Extensions.Logging.Abstractions;

namespace Libp2p.Tests.Swarm;

/// <summary>One TCP port on which several listen.</summary>
public sealed class SharedPortTests : IAsyncDisposable
{
    readonly BufferPool _pool = new();
    readonly RecordingGater _gater = new();
    readonly UpgradeOptions _options = new() { TrustedProxies = { IPNetwork.Parse("127.0.0.0/8") } };
    readonly List<IListener<PeerConnection>> _listeners = [];
    readonly TcpTransport _tcp;
    readonly WebSocketLayer _webSocket;
    readonly PortTable _ports;

    public SharedPortTests()
    {
        _tcp = new TcpTransport(_pool);
        _webSocket = new WebSocketLayer(trustedProxies: _options.TrustedProxies);
        var upgrader = new Upgrader(Identity.Generate(), [new NoiseProtocol()], [new YamuxMuxer()], TimeProvider.System);
        _ports = new PortTable(upgrader, new InboundAdmission(_options, TimeProvider.System), _gater, TimeProvider.System, NullLogger.Instance);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Each_takes_the_links_that_are_its_own(bool tcpFirst)
    {
        var (tcp, webSocket) = await ListenAsync(tcpFirst);
        Assert.Equal(tcp.Address.Encapsulate(Multiaddress.Parse("/ws")), webSocket.Address);
        _listeners.Add(await _ports.ListenAsync(_tcp, _webSocket, tcp.Address.Encapsulate(Multiaddress.Parse("/tls/ws")), TestNodes.Patience));
        await using var node = await DialerAsync();
        foreach (var listener in _listeners)
        {
            var dialing = node.ConnectAsync(listener.Address, TestNodes.Patience);
            await using var accepted = await listener.AcceptAsync(TestNodes.Patience);
            Assert.Equal(listener.Address, accepted!.Info.LocalAddress);
            Assert.Equal(accepted.Info.RemoteAddress, (await dialing).LocalAddress);
        }
    }

    [Fact]
    public async Task The_port_is_free_once_the_last_has_left()
    {
        var (tcp, webSocket) = await ListenAsync(tcpFirst: true);
        await tcp.DisposeAsync();
        Assert.Null(await tcp.AcceptAsync(TestNodes.Patience));
        await using (var node = await DialerAsync())
        {
            var failure = await Assert.ThrowsAsync<DialException>(async () => await node.ConnectAsync(tcp.Address, TestNodes.Patience));
            Assert.NotEqual(Libp2pError.Unreachable, Assert.Single(failure.Attempts).Error);
            var dialing = node.ConnectAsync(webSocket.Address, TestNodes.Patience);
            await using var accepted = await webSocket.AcceptAsync(TestNodes.Patience);
            await dialing;
        }
        // It is the first again, beside the one that stayed.
        var again = await _ports.ListenAsync(_tcp, null, tcp.Address, TestNodes.Patience);
        await again.DisposeAsync();
        await webSocket.DisposeAsync();
        await using var another = await new TcpTransport(_pool).ListenAsync(tcp.Address, TestNodes.Patience);
    }

    [Fact]
    public async Task Two_of_one_kind_do_not_share()
    {
        var (tcp, webSocket) = await ListenAsync(tcpFirst: true);
        foreach (var (layer, address) in new[] { ((ILinkLayer?)null, tcp.Address), (_webSocket, webSocket.Address) })
        {
            var failure = await Assert.ThrowsAsync<Libp2pException>(async () => await _ports.ListenAsync(_tcp, layer, address, TestNodes.Patience));
            Assert.Equal(Libp2pError.ListenFailed, failure.Error);
            Assert.Contains("in use", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_silent_block_nobody()
    {
        _options.MaxInbound = 8;
        var (tcp, webSocket) = await ListenAsync(tcpFirst: true);
        Assert.True(tcp.Address.TryGetEndPoint(out var endPoint));
        var silent = new List<Socket>();
        byte[][] beginnings = [[], [0x13], "GET / HTTP/1.1\r\nHost:"u8.ToArray()];
        for (var i = 0; i < 60; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(endPoint, TestNodes.Patience);
            await socket.SendAsync(beginnings[i % 3], TestNodes.Patience);
            silent.Add(socket);
        }
        await using var node = await DialerAsync();
        foreach (var listener in (IListener<PeerConnection>[])[tcp, webSocket])
        {
            var dialing = node.ConnectAsync(listener.Address, TestNodes.Patience);
            await using var accepted = await listener.AcceptAsync(TestNodes.Patience);
            await dialing;
        }
        silent.ForEach(s => s.Dispose());
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("")]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    public async Task What_nobody_knows_is_closed_and_leaves_nothing(string sent)
    {
        var (tcp, _) = await ListenAsync(tcpFirst: true);
        Assert.True(tcp.Address.TryGetEndPoint(out var endPoint));
        using (var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            await socket.ConnectAsync(endPoint, TestNodes.Patience);
            await socket.SendAsync(System.Text.Encoding.ASCII.GetBytes(sent), TestNodes.Patience);
            socket.Shutdown(SocketShutdown.Send);
            var buffer = new byte[1000];
            try
            {
                while (await socket.ReceiveAsync(buffer, TestNodes.Patience) > 0)
                {
                }
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
            {
                // What it did not read is answered by a reset.
            }
        }
        await DisposeAsync();
        Assert.Equal(0, _pool.RentedBytes);
    }

    [Fact]
    public async Task The_address_that_a_trusted_proxy_tells_counts()
    {
        _options.AcceptBurst = 2;
        _options.AcceptsPerSecond = 0.000_001;
        _gater.Denied = "/ip4/203.0.113.66/tcp/0/ws";
        var (_, webSocket) = await ListenAsync(tcpFirst: true);
        Assert.True(await IsServedAsync(webSocket.Address, "198.51.100.1"));
        Assert.True(await IsServedAsync(webSocket.Address, "198.51.100.1"));
        Assert.False(await IsServedAsync(webSocket.Address, "198.51.100.1"));
        Assert.True(await IsServedAsync(webSocket.Address, "198.51.100.2"));
        Assert.False(await IsServedAsync(webSocket.Address, "203.0.113.66"));
        Assert.Contains("/ip4/198.51.100.2/tcp/0/ws", _gater.Asked);
        Assert.Contains("/ip4/203.0.113.66/tcp/0/ws", _gater.Asked);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var listener in _listeners)
            await listener.DisposeAsync();
    }

    async Task<(IListener<PeerConnection> Tcp, IListener<PeerConnection> WebSocket)> ListenAsync(bool tcpFirst)
    {
        var any = Multiaddress.Parse("/ip4/127.0.0.1/tcp/0");
        var ws = Multiaddress.Parse("/ws");
        var first = await _ports.ListenAsync(_tcp, tcpFirst ? null : _webSocket, tcpFirst ? any : any.Encapsulate(ws), TestNodes.Patience);
        _listeners.Add(first);
        var second = tcpFirst
            ? await _ports.ListenAsync(_tcp, _webSocket, first.Address.Encapsulate(ws), TestNodes.Patience)
            : await _ports.ListenAsync(_tcp, null, first.Address.Decapsulate(ws)!, TestNodes.Patience);
        _listeners.Add(second);
        return tcpFirst ? (first, second) : (second, first);
    }

    static Task<Libp2pNode> DialerAsync() => Libp2pNode.CreateBuilder().UseTcp().UseWebSocket().UseNoise().UseYamux().StartAsync();

    /// <summary>Whether a WebSocket that a proxy passes on is asked for its security protocol, or closed.</summary>
    static async Task<bool> IsServedAsync(Multiaddress address, string forwardedFor)
    {
        using var client = new ClientWebSocket();
        client.Options.SetRequestHeader("X-Forwarded-For", forwardedFor);
        await client.ConnectAsync(new Uri($"ws://127.0.0.1:{address.Parts[1].Value}"), TestNodes.Patience);
        await client.SendAsync("\u0013/multistream/1.0.0\n"u8.ToArray(), WebSocketMessageType.Binary, true, TestNodes.Patience);
        try
        {
            return (await client.ReceiveAsync(new byte[100].AsMemory(), TestNodes.Patience)).MessageType == WebSocketMessageType.Binary;
        }
        catch (WebSocketException)
        {
            return false;
        }
    }

    sealed class RecordingGater : IConnectionGater
    {
        readonly Lock _gate = new();
        readonly List<string> _asked = [];

        public string? Denied { get; set; }

        public IReadOnlyList<string> Asked
        {
            get
            {
                lock (_gate)
                    return [.. _asked];
            }
        }

        public bool AllowAccept(Multiaddress remoteAddress)
        {
            lock (_gate)
                _asked.Add(remoteAddress.ToString());
            return remoteAddress.ToString() != Denied;
        }
    }
}
