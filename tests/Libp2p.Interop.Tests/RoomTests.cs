using Libp2p.Interop.Tests.Peers;

namespace Libp2p.Interop.Tests;

/// <summary>The chat program in rooms with js-libp2p: the workshop's messages, the raw text of universal-connectivity, and its direct messages.</summary>
public sealed class RoomTests
{
    private const string Workshop = "/libp2p/example/chat/1.0.0";
    private const string Universal = "universal-connectivity";

    private readonly CancellationToken _deadline = new CancellationTokenSource(TimeSpan.FromMinutes(2)).Token;

    [Fact]
    public async Task In_the_room_of_universal_connectivity_text_goes_both_ways_as_it_is()
    {
        await using var js = await StartJsAsync(Universal);
        await using var chat = await TincanPeer.StartAsync("--room", Universal, "--dial", js.Addresses[0]);
        await chat.TypeAsync("hello from a terminal: grüße, 世界", _deadline);
        var heard = await js.WaitForAsync("pubsub", cancellationToken: _deadline);
        Assert.Equal((Universal, chat.Peer, "hello from a terminal: grüße, 世界"), (heard.Text("topic"), heard.Text("from"), heard.Text("text")));

        await js.AskAsync("publish", new { topic = Universal, text = "hello from a browser 👋" }, "published", cancellationToken: _deadline);
        var told = await chat.WaitForAsync("message", e => e.Text("from") == js.Peer, cancellationToken: _deadline);
        Assert.Equal((Universal, "hello from a browser 👋"), (told.Text("room"), told.Text("text")));
    }

    [Fact]
    public async Task In_the_room_of_the_workshop_names_texts_and_statistics_are_understood()
    {
        await using var js = await StartJsAsync(Workshop);
        await using var chat = await TincanPeer.StartAsync("--name", "Ada", "--dial", js.Addresses[0]);
        // UPDATE_PEER, and STATS with the peers as text and the type of a Node peer.
        await js.WaitForAsync("pubsub", e => e.Text("text") == "\b\u0001\u001a\u0005\n\u0003Ada", cancellationToken: _deadline);
        await js.WaitForAsync("pubsub", e => e.Text("text") == $"\b\u0002\"8\n4{js.Peer}\u0010\u0001", cancellationToken: _deadline);
        await chat.TypeAsync("hello", _deadline);
        await js.WaitForAsync("pubsub", e => e.Text("text").StartsWith("\b\0\u0012", StringComparison.Ordinal) && e.Text("text").Contains("\n\u0005hello\u0010", StringComparison.Ordinal), cancellationToken: _deadline);

        await PublishAsync(js, "\b\u0001\u001a\u0004\n\u0002Jo");
        Assert.Equal("Jo", (await chat.WaitForAsync("name", e => e.Text("from") == js.Peer, cancellationToken: _deadline)).Text("name"));
        // SEND_MESSAGE, once whole and once without its time and its id.
        await PublishAsync(js, "\b\0\u0012\u000c\n\u0005whole\u0010\u0005\u001a\u0001i");
        await PublishAsync(js, "\b\0\u0012\u0006\n\u0004bare");
        var whole = await chat.WaitForAsync("message", e => e.Text("text") == "whole", cancellationToken: _deadline);
        Assert.Equal((js.Peer, "Jo", "i", 5), (whole.Text("from"), whole.Text("name"), whole.Json.GetProperty("id").GetString(), whole.Number("created")));
        await chat.WaitForAsync("message", e => e.Text("text") == "bare", cancellationToken: _deadline);
        await PublishAsync(js, $"\b\u0002\"8\n4{js.Peer}\u0010\u0002");
        Assert.Equal([js.Peer], (await chat.WaitForAsync("stats", cancellationToken: _deadline)).Texts("peers"));
    }

    [Fact]
    public async Task Direct_messages_of_universal_connectivity_go_both_ways_and_are_confirmed()
    {
        await using var js = await StartJsAsync(Universal);
        await using var chat = await TincanPeer.StartAsync("--room", Universal, "--dial", js.Addresses[0]);
        await js.WaitForAsync("connect", cancellationToken: _deadline);
        var sent = await js.AskAsync("universal-direct", new { peer = chat.Peer, text = "psst" }, "direct-sent", cancellationToken: _deadline);
        Assert.Equal(200, sent.Number("status"));
        Assert.Equal("psst", (await chat.WaitForAsync("direct", cancellationToken: _deadline)).Text("text"));

        await chat.TypeAsync($"/msg {js.Peer} back to you", _deadline);
        var direct = await js.WaitForAsync("direct", cancellationToken: _deadline);
        Assert.Equal((chat.Peer, "back to you", "text/plain"), (direct.Text("from"), direct.Text("text"), direct.Text("type")));
        Assert.Equal(js.Peer, (await chat.WaitForAsync("direct-sent", cancellationToken: _deadline)).Text("to"));
    }

    private async Task<JsPeer> StartJsAsync(string topic)
    {
        // Without the workshop's direct messages, which would be taken first.
        var js = await JsPeer.ListenAsync("--pubsub", "gossipsub", "--no-chat");
        await js.AskAsync("subscribe", new { topic }, "subscribed", cancellationToken: _deadline);
        return js;
    }

    private async Task PublishAsync(JsPeer js, string text) =>
        await js.AskAsync("publish", new { topic = Workshop, text }, "published", cancellationToken: _deadline);
}
