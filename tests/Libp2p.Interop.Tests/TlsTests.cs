using Libp2p.Interop.Tests.Nodes;
using Libp2p.Interop.Tests.Peers;
using Libp2p.Protocols.Perf;

namespace Libp2p.Interop.Tests;

/// <summary>Our TLS against js-libp2p's, dialled from either side.</summary>
public sealed class TlsTests
{
    const int Mega = 1 << 20;

    static readonly string[] _tls = ["--security", "tls"];

    /// <summary>One connection, and all that a connection is for.</summary>
    [Theory]
    [InlineData(Side.Ours)]
    [InlineData(Side.Js)]
    public async Task A_connection_carries_everything(Side dialer)
    {
        await using var met = await MeetAsync(dialer, _tls);
        Assert.Equal("/tls/1.0.0", met.Connection.Security.ToString());
        Assert.Equal("/yamux/1.0.0", met.Connection.Muxer.ToString());
        Assert.True(met.Connection.EarlyMuxer);
        Assert.Equal(("/tls/1.0.0", "/yamux/1.0.0"), (met.ConnectionOfJs.Text("security"), met.ConnectionOfJs.Text("muxer")));
        await met.AssertAliveAsync();

        // 64 MiB each way, measured by each side.
        var perf = met.Ours.Node.Get<PerfService>();
        var up = await perf.MeasureAsync(met.Connection.RemotePeer, 64 * Mega, 0, met.Deadline);
        var down = await perf.MeasureAsync(met.Connection.RemotePeer, 0, 64 * Mega, met.Deadline);
        Assert.Equal((64L * Mega, 64L * Mega), (up.Uploaded, down.Downloaded));
        var theirs = await met.Js.AskAsync("perf", new { peer = met.Ours.Peer, up = 64 * Mega, down = 64 * Mega }, "perf");
        Assert.Equal((64 * Mega, 64 * Mega), (theirs.Number("up"), theirs.Number("down")));

        // After one side's end of writing the other's answer still comes.
        foreach (var size in (int[])[0, 1, 300_000])
        {
            await using (var stream = await met.OpenAsync(TestProtocols.Echo))
                await stream.EchoAfterEndAsync(size, met.Deadline);
            var answer = await met.Js.AskAsync("half-close", new { peer = met.Ours.Peer, bytes = size }, "half-close");
            Assert.True(answer.Flag("ok"), answer.ToString());
        }

        await met.Js.AskAsync("hangup", new { peer = met.Ours.Peer }, "hungup");
        var ended = await met.Ours.WaitForAsync<ConnectionEnded>(e => e.Connection.Id == met.Connection.Id, met.Deadline);
        // Js ends the link under its TLS without waiting for what that has still to send: now and then its goodbyes are lost.
        Assert.Contains(ended.Reason.Code, (CloseCode[])[CloseCode.RemoteClose, CloseCode.LinkLost]);
    }

    [Theory]
    [InlineData(Side.Ours)]
    [InlineData(Side.Js)]
    public async Task When_we_disconnect_js_is_told(Side dialer)
    {
        await using var met = await MeetAsync(dialer, [.. _tls, "--no-early-muxer"]);
        // As the listener js chooses a muxer by ALPN whatever it was told.
        Assert.Equal(dialer == Side.Ours, met.Connection.EarlyMuxer);
        await met.AssertAliveAsync();
        await met.Ours.Node.DisconnectAsync(met.Connection.RemotePeer, met.Deadline);
        await met.Js.WaitForAsync("disconnect", e => e.Text("peer") == met.Ours.Peer);
    }

    [Theory]
    [InlineData(Side.Ours, KeyType.Secp256k1, "rsa")]
    [InlineData(Side.Ours, KeyType.Rsa, "secp256k1")]
    [InlineData(Side.Js, KeyType.Secp256k1, "rsa")]
    [InlineData(Side.Js, KeyType.Rsa, "secp256k1")]
    public async Task Other_key_types_prove_themselves_to_each_other(Side dialer, KeyType type, string theirs)
    {
        using var identity = Identity.Generate(type);
        await using var met = await MeetAsync(dialer, [.. _tls, "--key", theirs], b => b.UseIdentity(identity));
        Assert.Equal(theirs, met.Connection.RemoteKey.Type.ToString(), ignoreCase: true);
        await met.AssertAliveAsync();
    }

    [Fact]
    public async Task A_wrong_peer_is_refused_by_both()
    {
        await using var ours = await OurNode.StartAsync(secure: b => b.UseTls());
        await using var js = await JsPeer.ListenAsync(_tls);
        using var stranger = Identity.Generate();
        var wrong = Multiaddress.Parse(js.Addresses[0].Replace(js.Peer, stranger.PeerId.ToString(), StringComparison.Ordinal), null);
        var failure = await Assert.ThrowsAsync<DialException>(async () => await ours.Node.ConnectAsync(wrong, TestContext.Current.CancellationToken));
        Assert.Equal(Libp2pError.PeerIdMismatch, failure.Error);
        Assert.Empty((await js.AskAsync("connections", null, "connections")).Json.GetProperty("items").EnumerateArray());

        await js.AskAsync("dial-wrong-peer", new { addr = ours.Address }, "dial-failed");
        await js.AskAsync("dial", new { addr = ours.Address }, "dialed");
        var opened = await ours.WaitForAsync<ConnectionOpened>(e => e.Connection.RemotePeer.ToString() == js.Peer, TestContext.Current.CancellationToken);
        Assert.Equal("/tls/1.0.0", opened.Connection.Security.ToString());
        await js.AskAsync("ping", new { peer = ours.Peer }, "ping");
    }

    /// <summary>The first that the dialler has and the listener takes; a refused first proposal costs another link, and nothing else.</summary>
    [Theory]
    [InlineData(Side.Ours, "noise tls", "noise tls", "/noise")]
    [InlineData(Side.Ours, "tls noise", "noise tls", "/tls/1.0.0")]
    [InlineData(Side.Ours, "noise tls", "tls", "/tls/1.0.0")]
    [InlineData(Side.Ours, "tls noise", "noise", "/noise")]
    [InlineData(Side.Js, "noise tls", "tls noise", "/tls/1.0.0")]
    [InlineData(Side.Js, "tls", "noise tls", "/tls/1.0.0")]
    public async Task The_diallers_order_decides(Side dialer, string ours, string theirs, string agreed)
    {
        await using var met = await Encounter.StartAsync(
            dialer, [.. theirs.Split(' ').SelectMany(name => (string[])["--security", name])], secure: b => _ = ours.Split(' ').Aggregate(b, (n, name) => name == "tls" ? n.UseTls() : n.UseNoise()));
        Assert.Equal(agreed, met.Connection.Security.ToString());
        Assert.Equal(agreed, met.ConnectionOfJs.Text("security"));
        await met.AssertAliveAsync();
    }

    static Task<Encounter> MeetAsync(Side dialer, string[] flags, Action<NodeBuilder>? configure = null) =>
        Encounter.StartAsync(dialer, flags, configure, secure: b => b.UseTls());
}
