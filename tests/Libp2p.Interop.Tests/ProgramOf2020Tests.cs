using Libp2p.Interop.Tests.Peers;

namespace Libp2p.Interop.Tests;

/// <summary><c>tincan chat --legacy</c> among peers of 2020: the program itself, as people and scripts run it.</summary>
public sealed class ProgramOf2020Tests
{
    static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("gossipsub")]
    [InlineData("floodsub")]
    public async Task The_room_of_the_workshop_is_one_with_it(string pubsub)
    {
        await using var js = await StartAsync("--pubsub", pubsub, "--room");
        await using var chat = await TincanPeer.StartAsync("--legacy", "--name", "anna", "--dial", js.Addresses[0]);
        Assert.Equal("/mplex/6.7.0", (await chat.WaitForAsync("connect", within: _patience)).Text("muxer"));
        using var patience = new CancellationTokenSource(_patience);
        while (!(await js.AskAsync("members", null, "members")).Texts("items").Contains(chat.Peer))
            patience.Token.ThrowIfCancellationRequested();

        Assert.Equal("anna", (await js.WaitForAsync("name", e => e.Text("from") == chat.Peer, _patience)).Text("name"));
        await js.WaitForAsync("stats", e => e.Text("from") == chat.Peer && e.Texts("peers").Contains(js.Peer), _patience);
        await chat.TypeAsync("hello, 2020 🌍");
        Assert.Equal("hello, 2020 🌍", (await js.WaitForAsync("message", e => e.Text("from") == chat.Peer, _patience)).Text("text"));

        await js.AskAsync("say", new { text = "hello, future" }, "said");
        Assert.Equal("hello, future", (await chat.WaitForAsync("message", e => e.Text("from") == js.Peer, _patience)).Text("text"));
        await js.AskAsync("name", new { name = "hans" }, "named");
        await chat.WaitForAsync("name", e => e.Text("from") == js.Peer && e.Text("name") == "hans", _patience);
        await js.AskAsync("stats", null, "stats-sent");
        Assert.Contains(chat.Peer, (await chat.WaitForAsync("stats", e => e.Text("from") == js.Peer, _patience)).Texts("peers"));

        Assert.Equal("", (await js.AskAsync("direct", new { peer = chat.Peer, text = "for you alone" }, "direct-sent")).Text("reply"));
        Assert.Equal("for you alone", (await chat.WaitForAsync("direct", e => e.Text("from") == js.Peer, _patience)).Text("text"));
    }

    [Fact]
    public async Task Without_legacy_it_says_what_to_try()
    {
        await using var js = await StartAsync("--pubsub", "none");
        await using var chat = await TincanPeer.StartAsync();
        await chat.TypeAsync($"/dial {js.Addresses[0]}");
        Assert.Equal("the peer has only mplex: try --legacy", (await chat.WaitForAsync("error", within: _patience)).Text("hint"));
    }

    static Task<JsPeer> StartAsync(params string[] flags) => JsPeer.Start2020Async(["--listen", "/ip4/127.0.0.1/tcp/0", .. flags]);
}
