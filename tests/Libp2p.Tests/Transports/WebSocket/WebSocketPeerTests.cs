using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Libp2p.Testing;
using Libp2p.Testing.Transports;
using Libp2p.Transports.Tcp;
using Libp2p.Transports.WebSocket;

namespace Libp2p.Tests.Transports.WebSocket;

/// <summary>Our listener against others: the client of the base class library, and frames that no client of good will sends.</summary>
public sealed class WebSocketPeerTests : IAsyncDisposable
{
    static readonly TimeSpan Alive = PipeTransfer.Alive;

    readonly BufferPool _pool = new();
    IListener<Link>? _listener;

    [Fact]
    public async Task The_client_of_the_base_class_library_is_served()
    {
        var (client, link) = await ConnectAsync("/");
        using var c = client;
        await using var l = link;
        await client.SendAsync("ab"u8.ToArray(), WebSocketMessageType.Binary, endOfMessage: false, default);
        await client.SendAsync("c"u8.ToArray(), WebSocketMessageType.Binary, endOfMessage: true, default);
        Assert.Equal("abc"u8.ToArray(), await PipeTransfer.ReadExactlyAsync(link.Input, 3));
        await link.Output.WriteAsync(new byte[100_000]);
        var messages = new List<int>();
        var buffer = new byte[200_000];
        while (messages.Sum() < 100_000)
        {
            var received = await client.ReceiveAsync(buffer.AsMemory(), default);
            Assert.True(received.EndOfMessage);
            messages.Add(received.Count);
        }
        Assert.All(messages, count => Assert.InRange(count, 1, 64 * 1024));

        // Its goodbye is the end of what we read; ours is its answer.
        var closing = client.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
        Assert.True((await link.Input.ReadAsync().AsTask().WaitAsync(Alive)).IsCompleted);
        await link.Output.CompleteAsync();
        await closing.WaitAsync(Alive);
        Assert.Equal(WebSocketState.Closed, client.State);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, client.CloseStatus);
    }

    [Fact]
    public async Task A_path_that_is_not_served_is_refused()
    {
        await ListenAsync("/http-path/chat");
        using (var client = new ClientWebSocket())
        {
            client.Options.CollectHttpResponseDetails = true;
            await Assert.ThrowsAsync<WebSocketException>(() => client.ConnectAsync(Uri("/other"), default));
            Assert.Equal(HttpStatusCode.NotFound, client.HttpStatusCode);
        }
        using (var client = new ClientWebSocket())
            await client.ConnectAsync(Uri("/chat?token=1"), default).WaitAsync(Alive);
    }

    [Theory]
    [InlineData("text", "text")]
    [InlineData("an unmasked frame", "WebSocket protocol")]
    [InlineData("a reserved bit", "WebSocket protocol")]
    [InlineData("a message without end", "more than 1048576 bytes")]
    public async Task Who_breaks_the_protocol_loses_the_link(string what, string reason)
    {
        await ListenAsync("");
        using var socket = await OpenRawAsync();
        await using var link = (await _listener!.AcceptAsync(default))!;
        byte[] frame = what switch
        {
            "text" => [0x81, 0x81, 0, 0, 0, 0, (byte)'x'],
            "an unmasked frame" => [0x82, 5, 1, 2, 3, 4, 5],
            "a reserved bit" => [0xc2, 0x81, 0, 0, 0, 0, 1],
            // It declares 2^62 bytes, for which nothing is reserved; of the last few that come, the socket waits for what would follow.
            _ => [0x82, 0xff, 0x40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, .. new byte[(1024 * 1024) + 128]],
        };
        var sending = socket.SendAsync(frame);
        var failure = await Assert.ThrowsAsync<Libp2pException>(() => PipeTransfer.HashToEndAsync(link.Input));
        Assert.Equal(Libp2pError.ProtocolViolation, failure.Error);
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
        await Record.ExceptionAsync(() => sending);
    }

    [Fact]
    public async Task A_connection_that_ends_without_a_goodbye_is_no_end()
    {
        await ListenAsync("");
        using var socket = await OpenRawAsync();
        await using var link = (await _listener!.AcceptAsync(default))!;
        socket.Shutdown(SocketShutdown.Send);
        var failure = await Assert.ThrowsAsync<Libp2pException>(async () => await link.Input.ReadAsync());
        Assert.Equal(Libp2pError.ConnectionClosed, failure.Error);
    }

    [Fact]
    public async Task Pings_are_answered_and_never_queued()
    {
        await ListenAsync("");
        using var socket = await OpenRawAsync();
        await using var link = (await _listener!.AcceptAsync(default))!;
        var reading = link.Input.ReadAsync().AsTask();
        await socket.SendAsync(new byte[] { 0x89, 0x82, 0, 0, 0, 0, 1, 2 });
        var pong = new byte[4];
        await ReceiveAsync(socket, pong);
        Assert.Equal([0x8a, 2, 1, 2], pong);

        // Whoever reads no pongs cannot send pings for ever: nobody takes them.
        byte[] ping = [0x89, 0xfd, 0, 0, 0, 0, .. new byte[125]];
        var pings = Enumerable.Repeat(ping, 1000).SelectMany(p => p).ToArray();
        var sent = 0;
        for (var isTaken = true; isTaken && sent < 100_000_000; sent += pings.Length)
        {
            var sending = socket.SendAsync(pings);
            isTaken = await Task.WhenAny(sending, Task.Delay(500)) == sending;
        }
        Assert.True(sent < 100_000_000, "Pings are taken although nobody reads the pongs.");
        Assert.True(_pool.RentedBytes < 8 * 1024 * 1024, $"{_pool.RentedBytes} bytes are held.");
        link.Abort();
        await Assert.ThrowsAsync<Libp2pException>(() => reading.WaitAsync(Alive));
    }

    [Fact]
    public async Task An_idle_link_holds_no_buffer()
    {
        var (client, link) = await ConnectAsync("/");
        using var c = client;
        await using var l = link;
        var waiting = link.Input.ReadAsync().AsTask();
        await client.SendAsync(new byte[10], WebSocketMessageType.Binary, true, default);
        link.Input.AdvanceTo((await waiting.WaitAsync(Alive)).Buffer.End);
        waiting = link.Input.ReadAsync().AsTask();
        // It may be woken once more with word of what was read before, and look for it with a buffer in hand.
        await PipeTransfer.UntilAsync(() => _pool.RentedBytes == 0);
        link.Abort();
        await Assert.ThrowsAsync<Libp2pException>(() => waiting.WaitAsync(Alive));
    }

    [Fact]
    public async Task A_handshake_that_is_not_over_in_time_is_given_up()
    {
        var time = new ManualTimeProvider();
        var claimant = new WebSocketLayer(time: time).Listen(Multiaddress.Parse("/ip4/127.0.0.1/tcp/0/ws"), Multiaddress.Parse("/ip4/127.0.0.1/tcp/1"));
        await using var links = new LinkPair(_pool, dialer: Multiaddress.Parse("/ip4/127.0.0.1/tcp/2"), listener: claimant.Address);
        var accepting = claimant.AcceptAsync(links.Listener, default).AsTask();
        await links.Dialer.Output.WriteAsync("GET / HTTP/1.1\r\n"u8.ToArray());
        time.Advance(TimeSpan.FromSeconds(15));
        var failure = await Assert.ThrowsAsync<Libp2pException>(() => accepting.WaitAsync(Alive));
        Assert.Equal(Libp2pError.Timeout, failure.Error);

        var dialing = new WebSocketLayer(time: time).DialAsync(links.Dialer, Multiaddress.Parse("/ip4/127.0.0.1/tcp/1/ws"), null, default).AsTask();
        time.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(Libp2pError.Timeout, (await Assert.ThrowsAsync<Libp2pException>(() => dialing.WaitAsync(Alive))).Error);
    }

    [Fact]
    public void The_defaults_are_those_of_the_limits()
    {
        var options = new WebSocketOptions();
        Assert.Equal((15, 1024 * 1024), (options.HandshakeTimeout.TotalSeconds, options.MaxMessage));
        Assert.Equal((32 * 1024, 100), (HttpUpgradeCodec.MaxHead, HttpUpgradeCodec.MaxHeaders));
    }

    [Fact]
    public void Options_are_checked()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new WebSocketLayer(new WebSocketOptions { HandshakeTimeout = TimeSpan.Zero }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WebSocketLayer(new WebSocketOptions { MaxMessage = 1000 }));
    }

    public async ValueTask DisposeAsync()
    {
        if (_listener is not null)
            await _listener.DisposeAsync();
    }

    async Task ListenAsync(string path) => _listener = await new LayeredTransport(new TcpTransport(_pool), new WebSocketLayer())
        .ListenAsync(Multiaddress.Parse("/ip4/127.0.0.1/tcp/0/ws" + path), default);

    Uri Uri(string path) => new($"ws://127.0.0.1:{_listener!.Address.Parts[1].Value}{path}");

    async Task<(ClientWebSocket Client, Link Link)> ConnectAsync(string path)
    {
        await ListenAsync("");
        var client = new ClientWebSocket();
        await client.ConnectAsync(Uri(path), default).WaitAsync(Alive);
        return (client, (await _listener!.AcceptAsync(default))!);
    }

    async Task<Socket> OpenRawAsync()
    {
        Assert.True(_listener!.Address.TryGetEndPoint(out var endPoint));
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(endPoint);
        await socket.SendAsync("GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"u8.ToArray());
        var head = new StringBuilder();
        for (var letter = new byte[1]; !head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal); head.Append((char)letter[0]))
            await ReceiveAsync(socket, letter);
        Assert.StartsWith("HTTP/1.1 101 ", head.ToString(), StringComparison.Ordinal);
        return socket;
    }

    static async Task ReceiveAsync(Socket socket, Memory<byte> buffer)
    {
        for (; !buffer.IsEmpty; buffer = buffer[await socket.ReceiveAsync(buffer).AsTask().WaitAsync(Alive)..])
        {
        }
    }
}
