using System.Text.Json.Nodes;

namespace Tincan.Tests.Processes;

public sealed class ToolTests
{
    [Fact]
    public async Task Ping_identify_and_perf_answer_for_people_and_for_programs()
    {
        await using var chat = await TincanProcess.StartChatAsync("--perf");

        var ping = await TincanProcess.RunAsync("ping", chat.Address, "--count", "1", "--json");
        Assert.Equal((0, ""), (ping.ExitCode, ping.Errors));
        Assert.Equal(chat.Peer, (string?)JsonNode.Parse(ping.Output)!["peer"]);
        Assert.True((double)JsonNode.Parse(ping.Output)!["rtt_ms"]! > 0);

        var identify = await TincanProcess.RunAsync("identify", chat.Address);
        Assert.Equal((0, ""), (identify.ExitCode, identify.Errors));
        Assert.Contains(chat.Peer, identify.Output, StringComparison.Ordinal);
        Assert.Contains("/libp2p/chat/1.0.0", identify.Output, StringComparison.Ordinal);

        var perf = await TincanProcess.RunAsync("perf", chat.Address, "--upload", "256KiB", "--download", "1MiB", "--json");
        Assert.Equal((0, ""), (perf.ExitCode, perf.Errors));
        Assert.Equal(256 << 10, (long)JsonNode.Parse(perf.Output)!["up"]!);
        Assert.Equal(1 << 20, (long)JsonNode.Parse(perf.Output)!["down"]!);
        Assert.True((double)JsonNode.Parse(perf.Output)!["mbit"]! > 0);
    }

    [Fact]
    public async Task Perf_is_refused_by_a_chat_that_does_not_serve_it()
    {
        await using var chat = await TincanProcess.StartChatAsync();
        var ended = await TincanProcess.RunAsync("perf", chat.Address, "--download", "1KiB");
        Assert.Equal(1, ended.ExitCode);
        Failures.AssertOneLine(ended);
    }

    [Fact]
    public async Task Perf_serves_until_it_is_interrupted()
    {
        await using var server = TincanProcess.Start("perf", "--serve", "--json", "--listen", "/ip4/127.0.0.1/tcp/0");
        var address = (string)(await server.WaitForAsync("ready"))["addrs"]![0]!;
        var perf = await TincanProcess.RunAsync("perf", address, "--upload", "1MB");
        Assert.Equal((0, ""), (perf.ExitCode, perf.Errors));
        server.Signal(TincanProcess.SigInt);
        Assert.Equal(0, (await server.WaitForEndAsync()).ExitCode);
    }

    [Theory]
    [InlineData("ed25519", "12D3KooW")]
    [InlineData("secp256k1", "16Uiu2")]
    [InlineData("ecdsa", "Qm")]
    [InlineData("rsa", "Qm")]
    public async Task A_key_goes_out_and_in_again_as_the_same_peer(string type, string prefix)
    {
        using var folder = new ScratchFolder();
        var made = await TincanProcess.RunAsync("key", "new", "--type", type, "--data", folder.File("a"));
        Assert.Equal((0, ""), (made.ExitCode, made.Errors));
        var peer = made.Output.Split('\n')[0];
        Assert.StartsWith("peer  " + prefix, peer, StringComparison.Ordinal);
        var exported = await TincanProcess.RunAsync("key", "export", "--data", folder.File("a"));
        Assert.Equal(0, exported.ExitCode);
        Assert.Contains("private key", exported.Errors, StringComparison.Ordinal);
        await File.WriteAllTextAsync(folder.File("exported"), exported.Output);
        var imported = await TincanProcess.RunAsync("key", "import", folder.File("exported"), "--data", folder.File("b"));
        Assert.Equal((0, ""), (imported.ExitCode, imported.Errors));
        Assert.StartsWith(peer, imported.Output, StringComparison.Ordinal);

        var again = await TincanProcess.RunAsync("key", "import", folder.File("exported"), "--data", folder.File("b"));
        Assert.Equal(1, again.ExitCode);
        Failures.AssertOneLine(again);
        var shown = await TincanProcess.RunAsync("key", "show", "--data", folder.File("b"));
        Assert.StartsWith(peer, shown.Output, StringComparison.Ordinal);
    }
}
