using System.Text.Json.Nodes;

namespace Tincan.Tests.Processes;

public sealed class ConversationTests
{
    [Fact]
    public async Task Two_chats_exchange_lines_both_ways()
    {
        await using var a = await TincanProcess.StartChatAsync("--name", "Ada");
        await using var b = await TincanProcess.StartChatAsync("--dial", a.Address);

        await b.TypeAsync("hello from b: grüße, 世界");
        var atA = await a.WaitForAsync("message");
        Assert.Equal(("/libp2p/example/chat/1.0.0", b.Peer, "hello from b: grüße, 世界"), ((string?)atA["room"], (string?)atA["from"], (string?)atA["text"]));
        var atB = await b.WaitForAsync("message");
        Assert.Equal((string?)atA["id"], (string?)atB["id"]);
        Assert.Equal((long)atA["created"]!, (long)atB["created"]!);

        await a.TypeAsync("hello to b");
        var answer = await b.WaitForAsync("message");
        Assert.Equal((a.Peer, "hello to b"), ((string?)answer["from"], (string?)answer["text"]));
    }

    [Fact]
    public async Task A_direct_message_goes_to_one_peer_and_is_confirmed()
    {
        await using var a = await TincanProcess.StartChatAsync();
        await using var b = await TincanProcess.StartChatAsync("--dial", a.Address);
        await a.WaitForAsync("connect");
        await a.TypeAsync($"/msg {b.Peer[^8..]} hello to b alone");
        var atB = await b.WaitForAsync("direct");
        Assert.Equal((a.Peer, "hello to b alone"), ((string?)atB["from"], (string?)atB["text"]));
        var sent = await a.WaitForAsync("direct-sent");
        Assert.Equal((b.Peer, "hello to b alone"), ((string?)sent["to"], (string?)sent["text"]));
        await b.TypeAsync($"/history {a.Peer}");
        Assert.Equal("hello to b alone", (string?)(await b.WaitForAsync("history"))["items"]![0]!["text"]);
    }

    [Fact]
    public async Task A_connection_is_told_with_its_protocols_and_the_commands_answer()
    {
        await using var a = await TincanProcess.StartChatAsync("--name", "Ada");
        Assert.Equal("Ada", (string?)(await a.WaitForAsync("name"))["name"]);
        await using var b = await TincanProcess.StartChatAsync();
        await b.TypeAsync($"/dial {a.Address}");
        var connect = await b.WaitForAsync("connect");
        Assert.Equal(a.Peer, (string?)connect["peer"]);
        Assert.Equal("/noise", (string?)connect["security"]);
        Assert.Equal("/yamux/1.0.0", (string?)connect["muxer"]);

        var named = await b.WaitForAsync("name");
        Assert.Equal((a.Peer, "Ada"), ((string?)named["from"], (string?)named["name"]));
        await b.TypeAsync("/who");
        var who = (await b.WaitForAsync("who"))["items"]![0]!;
        Assert.Equal((a.Peer, "Ada", true), ((string?)who["peer"], (string?)who["name"], (bool)who["connected"]!));
        await b.TypeAsync("/peers");
        var peer = (await b.WaitForAsync("peers"))["items"]![0]!;
        Assert.Equal((a.Peer, "Ada", "/noise", "/yamux/1.0.0"), ((string?)peer["peer"], (string?)peer["name"], (string?)peer["security"], (string?)peer["muxer"]));
        Assert.True((double)peer["rtt_ms"]! > 0);
        Assert.NotNull(peer["score"]);
        await b.TypeAsync($"/ping {a.Peer}");
        Assert.True((double)(await b.WaitForAsync("ping"))["rtt_ms"]! > 0);
        var stats = await a.WaitForAsync("stats");
        Assert.Equal((b.Peer, a.Peer), ((string?)stats["from"], (string?)stats["peers"]![0]));
    }

    [Fact]
    public async Task Rooms_are_apart_and_what_was_said_is_found_again()
    {
        await using var a = await TincanProcess.StartChatAsync("--room", "kitchen", "--room", "cellar");
        await using var b = await TincanProcess.StartChatAsync("--room", "kitchen", "--dial", a.Address);
        await b.TypeAsync("/join cellar");
        await b.WaitForAsync("join", e => (string?)e["room"] == "cellar");
        await b.TypeAsync("down here");
        await b.TypeAsync("/join kitchen");
        await b.TypeAsync("apples are green");
        // Each room is read on its own: which message comes first is open.
        (string?, string?)[] heard = [Said(await a.WaitForAsync("message")), Said(await a.WaitForAsync("message"))];
        Assert.Equal([("cellar", "down here"), ("kitchen", "apples are green")], heard.Order());

        await a.TypeAsync("/history");
        Assert.Equal(["apples are green"], (await a.WaitForAsync("history"))["items"]!.AsArray().Select(i => (string?)i!["text"]));
        await a.TypeAsync("/search apple");
        Assert.Equal("kitchen", (string?)(await a.WaitForAsync("search"))["items"]![0]!["room"]);
        await a.TypeAsync("/rooms");
        var rooms = (await a.WaitForAsync("rooms"))["items"]!.AsArray();
        Assert.Equal([("kitchen", true), ("cellar", false)], rooms.Select(r => ((string)r!["room"]!, (bool)r["view"]!)));
        await b.TypeAsync("/leave");
        Assert.Equal("cellar", (string?)(await b.WaitForAsync("leave"))["view"]);

        static (string?, string?) Said(JsonObject message) => ((string?)message["room"], (string?)message["text"]);
    }

    [Theory]
    [InlineData("/join", "join")]
    [InlineData("/join two words", "join")]
    [InlineData("/leave x", "leave")]
    [InlineData("/who x", "who")]
    [InlineData("/history nobody", "history")]
    [InlineData("/search", "search")]
    [InlineData("/nope", "nope")]
    [InlineData("/dial /ip4/1.2.3.4.5/tcp/1", "dial")]
    [InlineData("/msg nobody hello", "msg")]
    [InlineData("/name", "name")]
    [InlineData("nobody hears this", "send")]
    public async Task What_cannot_be_done_is_told_with_a_hint(string line, string operation)
    {
        await using var a = await TincanProcess.StartChatAsync();
        await a.TypeAsync(line);
        var error = await a.WaitForAsync("error");
        Assert.Equal(operation, (string?)error["op"]);
        Assert.NotEmpty((string)error["message"]!);
        Assert.NotEmpty((string)error["hint"]!);
        await a.TypeAsync("/quit");
        Assert.Equal(0, (await a.WaitForEndAsync()).ExitCode);
    }

    [Fact]
    public async Task A_message_that_is_too_long_is_refused_here()
    {
        await using var a = await TincanProcess.StartChatAsync();
        await a.TypeAsync(new string('x', (32 * 1024) + 1));
        Assert.Contains("32768", (string)(await a.WaitForAsync("error"))["message"]!, StringComparison.Ordinal);
        await a.TypeAsync(new string('x', 1_000_000));
        Assert.Contains("32768", (string)(await a.WaitForAsync("error"))["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_ignored_peer_is_not_heard()
    {
        await using var a = await TincanProcess.StartChatAsync();
        await using var b = await TincanProcess.StartChatAsync("--dial", a.Address);
        await using var c = await TincanProcess.StartChatAsync("--dial", a.Address);
        await a.TypeAsync($"/ignore {b.Peer}");
        await a.WaitForAsync("notice");
        await b.TypeAsync("not to be heard");
        await b.WaitForAsync("message");
        await b.TypeAsync($"/msg {a.Peer} nor this");
        await b.WaitForAsync("direct-sent");
        await c.TypeAsync("to be heard");
        Assert.Equal("to be heard", (string?)(await a.WaitForAsync("message"))["text"]);
        Assert.DoesNotContain("nor this", a.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_denied_does_not_come_in_and_an_exception_does()
    {
        await using var a = await TincanProcess.StartChatAsync();
        await using var b = await TincanProcess.StartChatAsync("--deny", "all", "--allow", a.Peer);
        await using var c = await TincanProcess.StartChatAsync();
        await c.TypeAsync($"/dial {b.Address}");
        await c.WaitForAsync("disconnect");
        await a.TypeAsync($"/dial {b.Address}");
        Assert.Equal(a.Peer, (string?)(await b.WaitForAsync("connect"))["peer"]);
    }

    [Fact]
    public async Task What_is_piped_in_arrives_whole_and_in_order_and_the_end_of_input_ends_it()
    {
        const int lines = 120;
        await using var a = await TincanProcess.StartChatAsync();
        await using var b = TincanProcess.Start("chat", "--guest", "--listen", "/ip4/127.0.0.1/tcp/0", "--dial", a.Address);
        for (var i = 0; i < lines; i++)
            await b.TypeAsync($"line {i}");
        b.CloseInput();
        for (var i = 0; i < lines; i++)
            Assert.Equal($"line {i}", (string?)(await a.WaitForAsync("message"))["text"]);
        var ended = await b.WaitForEndAsync();
        Assert.Equal(0, ended.ExitCode);
        Assert.Equal("", ended.Errors);
        Assert.Equal(Enumerable.Range(0, lines).Select(i => $"<you> line {i}"), ended.Output.Split('\n').Where(l => l.StartsWith('<')));
    }

    [Fact]
    public async Task What_a_peer_sends_cannot_move_the_cursor()
    {
        await using var a = TincanProcess.Start("chat", "--guest", "--json", "--listen", "/ip4/127.0.0.1/tcp/0");
        var address = (string)(await a.WaitForAsync("ready"))["addrs"]![0]!;
        await using var plain = TincanProcess.Start("chat", "--guest", "--listen", "/ip4/127.0.0.1/tcp/0", "--dial", address);
        await a.WaitForAsync("connect");
        await a.TypeAsync("red \u001b[31m and a bell \a and \u202e back");
        await plain.WaitForOutputAsync(@"red \u{1b}[31m and a bell \u{7} and \u{202e} back");
        plain.CloseInput();
        Assert.DoesNotContain('\u001b', (await plain.WaitForEndAsync()).Output);
    }
}
