namespace Libp2p.Interop.Tests.Peers;

/// <summary>Two js-libp2p peers against each other through the driver: the driver and the peer must be right before they judge us.</summary>
public sealed class JsPeerTests
{
    [Fact]
    public async Task Two_peers_ping_each_other()
    {
        await using var a = await JsPeer.ListenAsync();
        await using var b = await JsPeer.ListenAsync();

        var dialed = await b.AskAsync("dial", new { addr = a.Addresses[0] }, "dialed");
        Assert.Equal(a.Peer, dialed.Text("peer"));
        Assert.Equal("/noise", dialed.Text("security"));
        Assert.Equal("/yamux/1.0.0", dialed.Text("muxer"));
        await a.WaitForAsync("connect", e => e.Text("peer") == b.Peer);

        Assert.Equal(a.Peer, (await b.AskAsync("ping", new { peer = a.Peer }, "ping")).Text("peer"));
        Assert.Equal(b.Peer, (await a.AskAsync("ping", new { peer = b.Peer }, "ping")).Text("peer"));

        var identified = await a.WaitForAsync("identify", e => e.Text("peer") == b.Peer);
        Assert.Equal(b.Agent, identified.Text("agent"));
        Assert.Contains("/libp2p/chat/1.0.0", identified.Texts("protocols"));
    }

    [Fact]
    public async Task A_direct_message_arrives_and_an_echo_returns_unchanged()
    {
        await using var a = await JsPeer.ListenAsync("--reply", "wie schön");
        await using var b = await JsPeer.StartAsync("--key", "rsa");

        var sent = await b.AskAsync("direct", new { peer = a.Addresses[0], text = "Grüße 🌍" }, "direct-sent");
        Assert.Equal("wie schön", sent.Text("reply"));
        var got = await a.WaitForAsync("direct");
        Assert.Equal((b.Peer, "Grüße 🌍"), (got.Text("from"), got.Text("text")));
        Assert.StartsWith("Qm", b.Peer, StringComparison.Ordinal);

        var echo = await b.AskAsync("echo", new { peer = a.Peer, bytes = 3_000_000, chunk = 10_000 }, "echo");
        Assert.True(echo.Flag("ok"));
        Assert.Equal(3_000_000, echo.Number("received"));
        Assert.InRange(a.Usage.ResidentBytes, 10_000_000, 1_000_000_000);
        Assert.True(a.Usage.CpuTime > TimeSpan.Zero);
    }

    [Fact]
    public async Task An_answer_other_than_the_expected_fails_and_says_what_it_was()
    {
        await using var peer = await JsPeer.StartAsync();
        var error = await Assert.ThrowsAsync<PeerException>(
            () => peer.AskAsync("dial", new { addr = "/ip4/127.0.0.1/tcp/1" }, "dialed"));
        Assert.Contains("dial-failed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_flag_is_told_by_its_own_words()
    {
        var error = await Assert.ThrowsAsync<PeerException>(() => JsPeer.StartAsync("--key", "dsa"));
        Assert.Contains("expected one of ed25519", error.Message, StringComparison.Ordinal);
    }
}
