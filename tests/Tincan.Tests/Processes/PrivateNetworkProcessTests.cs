using System.Text.Json.Nodes;
using Libp2p.Security.PrivateNetwork;

namespace Tincan.Tests.Processes;

/// <summary><c>--swarm-key</c>, and what the environment demands.</summary>
public sealed class PrivateNetworkProcessTests : IDisposable
{
    private const string Force = PrivateNetworkKey.DemandVariable;

    private static readonly string[] Forced = ["env", $"{Force}=1"];

    private readonly ScratchFolder _folder = new();

    [Fact]
    public async Task Members_chat_and_use_every_tool_and_nobody_else_gets_in()
    {
        var (key, another) = (await WriteKeyAsync("swarm.key"), await WriteKeyAsync("another.key"));
        await using var one = await TincanProcess.StartChatAsync("--swarm-key", key, "--perf");
        await using var other = await TincanProcess.StartChatAsync("--swarm-key", key, "--dial", one.Address);
        await other.WaitForAsync("connect", e => (string?)e["peer"] == one.Peer);
        await other.TypeAsync($"/msg {one.Peer} hello");
        Assert.Equal("hello", (string?)(await one.WaitForAsync("direct"))["text"]);
        foreach (var tool in (string[][])[["ping", one.Address, "-c", "1"], ["identify", one.Address], ["perf", one.Address, "--upload", "1MiB"], ["check", one.Address]])
        {
            var ended = await TincanProcess.RunAsync([.. tool, "--swarm-key", key]);
            Assert.True(ended is { ExitCode: 0, Errors: "" }, $"{tool[0]}: {ended}");
        }
        foreach (var with in (string[][])[[], ["--swarm-key", another]])
        {
            var ended = await TincanProcess.RunAsync(["ping", one.Address, .. with]);
            Assert.Equal(1, ended.ExitCode);
            Failures.AssertOneLine(ended);
        }
    }

    [Fact]
    public async Task Nothing_starts_without_a_key_where_one_is_demanded()
    {
        var key = await WriteKeyAsync("swarm.key");
        foreach (var command in (string[][])[["chat", "--guest"], ["ping", "/ip4/127.0.0.1/tcp/1"], ["identify", "/ip4/127.0.0.1/tcp/1"], ["perf", "--serve"], ["check", "/ip4/127.0.0.1/tcp/1"]])
        {
            await using var process = TincanProcess.StartBy(Forced, command);
            process.CloseInput();
            var ended = await process.WaitForEndAsync();
            Assert.Equal((1, ""), (ended.ExitCode, ended.Output));
            Failures.AssertOneLine(ended);
            Assert.Contains($"{Force}=1", ended.Errors, StringComparison.Ordinal);
            Assert.Contains("--swarm-key", ended.Errors, StringComparison.Ordinal);
        }
        await using var member = TincanProcess.StartBy(Forced, "chat", "--json", "--guest", "--listen", "/ip4/127.0.0.1/tcp/0", "--swarm-key", key);
        await member.WaitForAsync("ready");
    }

    [Theory]
    [InlineData("chat --guest --listen /ip4/127.0.0.1/tcp/0/ws --swarm-key KEY", 2, "bare TCP")]
    [InlineData("perf --serve --listen /ip4/127.0.0.1/tcp/0/tls/ws --swarm-key KEY", 2, "bare TCP")]
    [InlineData("doctor --listen /ip4/127.0.0.1/tcp/0/ws --swarm-key KEY", 2, "bare TCP")]
    [InlineData("chat --guest --swarm-key BAD", 1, "swarm/psk")]
    [InlineData("ping /ip4/127.0.0.1/tcp/1 --swarm-key NONE", 1, "cannot be read")]
    public async Task What_cannot_be_ends_with_one_line(string arguments, int exitCode, string named)
    {
        var key = await WriteKeyAsync("swarm.key");
        var bad = _folder.File("bad.key");
        await File.WriteAllTextAsync(bad, "not a key");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(bad, UnixFileMode.UserRead);
        var ended = await TincanProcess.RunAsync(arguments.Replace("KEY", key, StringComparison.Ordinal).Replace("BAD", bad, StringComparison.Ordinal)
            .Replace("NONE", _folder.File("none"), StringComparison.Ordinal).Split(' '));
        Assert.Equal(exitCode, ended.ExitCode);
        Failures.AssertOneLine(ended);
        Assert.Contains(named, ended.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_judges_the_network()
    {
        string[] doctor = ["doctor", "--json", "--data", _folder.Path, "--listen", "/ip4/127.0.0.1/tcp/0", "--name", "localhost"];
        var key = await WriteKeyAsync("swarm.key");
        await using var member = TincanProcess.StartBy(Forced, [.. doctor, "--swarm-key", key]);
        var steps = Steps(await member.WaitForEndAsync());
        Assert.DoesNotContain(steps, s => (string?)s["result"] == "failed");
        Assert.Contains(key, (string)Of(steps, "network")[0]["detail"]!, StringComparison.Ordinal);
        Assert.All(Of(steps, "self-test"), s => Assert.Contains("private network", (string)s["detail"]!, StringComparison.Ordinal));

        await using var forced = TincanProcess.StartBy(Forced, doctor);
        var ended = await forced.WaitForEndAsync();
        Assert.Equal(1, ended.ExitCode);
        Assert.Equal("network", (string?)Assert.Single(Steps(ended), s => (string?)s["result"] == "failed")["step"]);

        steps = Steps(await TincanProcess.RunAsync(doctor));
        Assert.Equal("ok", (string?)Of(steps, "network")[0]["result"]);
        foreach (var what in (string[])["/noise", "/tls/1.0.0", "/secio/1.0.0", "/ws", "/tls/ws", "a private network"])
            Assert.Contains(Of(steps, "self-test"), s => (string?)s["result"] == "ok" && ((string)s["detail"]!).StartsWith(what, StringComparison.Ordinal));
    }

    public void Dispose() => _folder.Dispose();

    private static List<JsonNode> Steps(Ended ended)
    {
        Assert.Equal("", ended.Errors);
        return [.. ended.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];
    }

    private static List<JsonNode> Of(List<JsonNode> steps, string step) => [.. steps.Where(s => (string?)s["step"] == step)];

    private async Task<string> WriteKeyAsync(string name)
    {
        var path = _folder.File(name);
        await File.WriteAllTextAsync(path, PrivateNetworkKey.Generate().Export());
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }
}
