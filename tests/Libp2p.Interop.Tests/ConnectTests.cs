using System.Net;
using System.Net.Sockets;
using Libp2p.Interop.Tests.Nodes;
using Libp2p.Interop.Tests.Peers;

namespace Libp2p.Interop.Tests;

/// <summary>Connections between our node and js-libp2p, dialled from either side.</summary>
public sealed class ConnectTests
{
    [Theory]
    [InlineData(Side.Ours)]
    [InlineData(Side.Js)]
    public async Task Both_sides_report_noise_and_an_early_yamux(Side dialer)
    {
        await using var met = await Encounter.StartAsync(dialer);

        Assert.Equal(met.Js.Peer, met.Connection.RemotePeer.ToString());
        Assert.Equal(dialer == Side.Ours ? Role.Dialer : Role.Listener, met.Connection.Role);
        Assert.Equal("/noise", met.Connection.Security.ToString());
        Assert.Equal("/yamux/1.0.0", met.Connection.Muxer.ToString());
        Assert.True(met.Connection.EarlyMuxer);

        var connected = met.ConnectionOfJs;
        Assert.Equal(dialer == Side.Js ? "outbound" : "inbound", connected.Text("direction"));
        Assert.Equal("/noise", connected.Text("security"));
        Assert.Equal("/yamux/1.0.0", connected.Text("muxer"));
        await met.AssertAliveAsync();
    }

    [Theory]
    [InlineData(Side.Ours)]
    [InlineData(Side.Js)]
    public async Task Without_a_muxer_list_in_noise_it_is_negotiated(Side dialer)
    {
        await using var met = await Encounter.StartAsync(dialer, ["--no-early-muxer"]);
        Assert.False(met.Connection.EarlyMuxer);
        Assert.Equal("/yamux/1.0.0", met.Connection.Muxer.ToString());
        await met.AssertAliveAsync();
    }

    [Theory]
    [InlineData(Side.Ours)]
    [InlineData(Side.Js)]
    public async Task They_meet_over_IPv6(Side dialer)
    {
        Assert.SkipUnless(HasIPv6Loopback(), "there is no IPv6 loopback");
        await using var ours = await OurNode.StartAsync(b =>
        {
            b.Options.Listen.Clear();
            b.Listen("/ip6/::1/tcp/0");
        });
        await using var js = await JsPeer.StartAsync("--listen", "/ip6/::1/tcp/0");
        if (dialer == Side.Ours)
            await ours.Node.ConnectAsync(Multiaddress.Parse(js.Addresses[0], null), TestContext.Current.CancellationToken);
        else
            await js.AskAsync("dial", new { addr = ours.Address }, "dialed");
        await js.WaitForAsync("connect");
        Assert.Equal(ours.Peer, (await js.AskAsync("ping", new { peer = ours.Peer }, "ping")).Text("peer"));
        Assert.StartsWith("/ip6/::1/tcp/", Assert.Single(ours.Node.Connections).RemoteAddress.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Side.Ours, KeyType.Secp256k1, "rsa")]
    [InlineData(Side.Ours, KeyType.Rsa, "secp256k1")]
    [InlineData(Side.Js, KeyType.Secp256k1, "rsa")]
    [InlineData(Side.Js, KeyType.Rsa, "secp256k1")]
    public async Task Other_key_types_prove_themselves_to_each_other(Side dialer, KeyType type, string theirs)
    {
        using var identity = Identity.Generate(type);
        await using var met = await Encounter.StartAsync(dialer, ["--key", theirs], b => b.UseIdentity(identity));
        Assert.Equal(theirs, met.Connection.RemoteKey.Type.ToString(), ignoreCase: true);
        await met.AssertAliveAsync();
    }

    /// <summary>js-libp2p 3.3 makes no peer id from an ECDSA key and so refuses such a peer in the handshake: there is nothing that we could do about it.</summary>
    [Fact]
    public async Task Js_refuses_a_peer_whose_key_is_ECDSA()
    {
        using var identity = Identity.Generate(KeyType.Ecdsa);
        await using var ours = await OurNode.StartAsync(b => b.UseIdentity(identity));
        await using var js = await JsPeer.ListenAsync();

        var refused = await js.WaitForAnswerAsync("dial", new { addr = ours.Address });
        Assert.Equal(("dial-failed", "EncryptionFailedError"), (refused.Name, refused.Text("name")));

        // As the dialler our side is done with the handshake before js looks at the key: the dial succeeds, and the connection is lost at once.
        var connection = await ours.Node.ConnectAsync(Multiaddress.Parse(js.Addresses[0], null), TestContext.Current.CancellationToken);
        var ended = await ours.WaitForAsync<ConnectionEnded>(e => e.Connection.Id == connection.Id, TestContext.Current.CancellationToken);
        Assert.Equal(CloseCode.LinkLost, ended.Reason.Code);
        Assert.Empty(ours.Node.Connections);
        Assert.Empty((await js.AskAsync("connections", null, "connections")).Json.GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task Several_connections_to_one_peer_live_side_by_side()
    {
        await using var met = await Encounter.StartAsync(Side.Ours);
        await met.Js.AskAsync("dial", new { addr = met.Ours.Address, force = true }, "dialed");
        var second = await met.Ours.WaitForAsync<ConnectionOpened>(e => e.Connection.Role == Role.Listener, met.Deadline);
        Assert.Equal(2, met.Ours.Node.Connections.Count);

        await using (var stream = await met.Ours.Node.OpenStreamAsync(second.Connection, TestProtocols.Echo, met.Deadline))
            await stream.EchoAsync(10_000, met.Deadline);
        await met.AssertAliveAsync();

        Assert.Equal(2, (await met.Js.AskAsync("hangup", new { peer = met.Ours.Peer }, "hungup")).Number("connections"));
        await met.Ours.WaitForAsync<PeerDisconnected>(_ => true, met.Deadline);
        Assert.Empty(met.Ours.Node.Connections);
    }

    [Fact]
    public async Task Both_may_dial_at_the_same_time()
    {
        await using var ours = await OurNode.StartAsync();
        await using var js = await JsPeer.ListenAsync();
        for (var round = 0; round < 5; round++)
        {
            var theirs = js.AskAsync("dial", new { addr = ours.Address }, "dialed");
            var connection = await ours.Node.ConnectAsync(Multiaddress.Parse(js.Addresses[0], null), TestContext.Current.CancellationToken);
            await theirs;
            // Each side has all of them before they are ended: who dials is ready before the other side, which would miss the end of one.
            await BothHaveAllAsync(ours, js);
            // Whether it came to one connection or to two: who asks, gets an answer.
            Assert.InRange(ours.Node.Connections.Count, 1, 2);
            await ours.Node.PingAsync(connection.RemotePeer, TestContext.Current.CancellationToken);
            await js.AskAsync("ping", new { peer = ours.Peer }, "ping");
            await js.AskAsync("hangup", new { peer = ours.Peer }, "hungup");
            await ours.WaitForAsync<PeerDisconnected>(_ => true, TestContext.Current.CancellationToken);
        }
    }

    [Theory]
    [InlineData(Side.Ours)]
    [InlineData(Side.Js)]
    public async Task They_meet_again_after_each_goodbye(Side dialer)
    {
        await using var met = await Encounter.StartAsync(dialer);
        var peer = met.Connection.RemotePeer;
        for (var round = 0; round < 5; round++)
        {
            await met.AssertAliveAsync();
            await met.Ours.Node.DisconnectAsync(peer, met.Deadline);
            await met.Js.WaitForAsync("disconnect", e => e.Text("peer") == met.Ours.Peer);
            if (dialer == Side.Ours)
                await met.Ours.Node.ConnectAsync(Multiaddress.Parse(met.Js.Addresses[0], null), met.Deadline);
            else
                await met.Js.AskAsync("dial", new { addr = met.Ours.Address }, "dialed");
            await met.Js.WaitForAsync("connect", e => e.Text("peer") == met.Ours.Peer);
            // Who dials is ready before the other side, which would dial in turn.
            await BothHaveAllAsync(met.Ours, met.Js);
        }
        await met.AssertAliveAsync();
    }

    /// <summary>Waits until each side has as many connections from either dialler as the other.</summary>
    static async Task BothHaveAllAsync(OurNode ours, JsPeer js)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        while (true)
        {
            var theirs = (await js.AskAsync("connections", null, "connections")).Json.GetProperty("items").EnumerateArray().Select(c => c.GetProperty("direction").GetString()).Order();
            var own = ours.Node.Connections.Select(c => c.Role == Role.Dialer ? "inbound" : "outbound").Order();
            if (own.SequenceEqual(theirs))
                return;
            await Task.Delay(10, patience.Token);
        }
    }

    static bool HasIPv6Loopback()
    {
        if (!Socket.OSSupportsIPv6)
            return false;
        using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
