namespace Tincan.Tests.Processes;

public sealed class ConversationTests
{
    [Fact]
    public async Task Two_chats_exchange_lines_both_ways()
    {
        await using var a = await TincanProcess.StartChatAsync();
        await using var b = await TincanProcess.StartChatAsync("--dial", a.Address);

        await b.TypeAsync("hello from b: grüße, 世界");
        var atA = await a.WaitForAsync("direct");
        Assert.Equal(b.Peer, (string?)atA["from"]);
        Assert.Equal("hello from b: grüße, 世界", (string?)atA["text"]);
        Assert.Equal(a.Peer, (string?)(await b.WaitForAsync("direct-sent"))["to"]);

        await a.TypeAsync($"/msg {b.Peer[^8..]} hello to b alone");
        var atB = await b.WaitForAsync("direct");
        Assert.Equal(a.Peer, (string?)atB["from"]);
        Assert.Equal("hello to b alone", (string?)atB["text"]);
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

        await b.TypeAsync("/who");
        Assert.Equal(a.Peer, (string?)(await b.WaitForAsync("who"))["items"]![0]!["peer"]);
        await b.TypeAsync("/peers");
        Assert.Equal(a.Peer, (string?)(await b.WaitForAsync("peers"))["items"]![0]!["peer"]);
        await b.TypeAsync($"/ping {a.Peer}");
        Assert.True((double)(await b.WaitForAsync("ping"))["rtt_ms"]! > 0);
    }

    [Theory]
    [InlineData("/join x", "join")]
    [InlineData("/leave x", "leave")]
    [InlineData("/history", "history")]
    [InlineData("/search x", "search")]
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
        await b.WaitForAsync("direct-sent");
        await c.TypeAsync("to be heard");
        Assert.Equal("to be heard", (string?)(await a.WaitForAsync("direct"))["text"]);
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
            Assert.Equal($"line {i}", (string?)(await a.WaitForAsync("direct"))["text"]);
        var ended = await b.WaitForEndAsync();
        Assert.Equal(0, ended.ExitCode);
        Assert.Equal("", ended.Errors);
    }

    [Fact]
    public async Task What_a_peer_sends_cannot_move_the_cursor()
    {
        await using var a = TincanProcess.Start("chat", "--guest", "--json", "--listen", "/ip4/127.0.0.1/tcp/0");
        var address = (string)(await a.WaitForAsync("ready"))["addrs"]![0]!;
        await using var plain = TincanProcess.Start("chat", "--guest", "--listen", "/ip4/127.0.0.1/tcp/0", "--dial", address);
        await a.WaitForAsync("connect");
        await a.TypeAsync("red \u001b[31m and a bell \a and \u202e back");
        await a.WaitForAsync("direct-sent");
        plain.CloseInput();
        var output = (await plain.WaitForEndAsync()).Output;
        Assert.Contains(@"red \u{1b}[31m and a bell \u{7} and \u{202e} back", output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', output);
    }
}
