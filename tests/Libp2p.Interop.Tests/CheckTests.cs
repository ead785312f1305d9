using System.Diagnostics;
using System.Text.Json.Nodes;
using Libp2p.Interop.Tests.Peers;

namespace Libp2p.Interop.Tests;

/// <summary><c>tincan check</c>, in a process of its own, of a peer that is not ours.</summary>
public sealed class CheckTests
{
    [Theory]
    [InlineData("", "/noise")]
    [InlineData("/ws", "/noise")]
    public async Task Every_step_of_a_connection_to_js_works(string over, string security)
    {
        await using var js = await JsPeer.ListenAsync(over, []);
        var (steps, exit) = await CheckAsync(js.Addresses[0]);
        Assert.Equal(["connect", "security", "peer", "muxer", "identify", "ping"], steps.Select(s => (string?)s["step"]));
        Assert.All(steps, s => Assert.Equal("ok", (string?)s["result"]));
        Assert.StartsWith(security + ",", (string)steps[1]["detail"]!, StringComparison.Ordinal);
        Assert.Contains(js.Peer, (string)steps[2]["detail"]!, StringComparison.Ordinal);
        Assert.StartsWith(js.Agent!, (string)steps[4]["detail"]!, StringComparison.Ordinal);
        Assert.Equal(0, exit);
    }

    [Fact]
    public async Task A_peer_that_is_another_is_found_at_the_comparison()
    {
        await using var js = await JsPeer.ListenAsync();
        var (steps, exit) = await CheckAsync(js.Addresses[0].Replace(js.Peer, Identity.Generate().PeerId.ToString(), StringComparison.Ordinal));
        Assert.Equal(("peer", "failed", 1), ((string?)steps[^1]["step"], (string?)steps[^1]["result"], exit));
    }

    static async Task<(List<JsonNode> Steps, int Exit)> CheckAsync(string address)
    {
        var program = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "tincan.exe" : "tincan");
        using var process = Process.Start(new ProcessStartInfo(program, ["check", address, "--json"]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var output = await process.StandardOutput.ReadToEndAsync(patience.Token);
        await process.WaitForExitAsync(patience.Token);
        var events = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal("verdict", (string?)events[^1]["event"]);
        return (events.SkipLast(1).ToList(), process.ExitCode);
    }
}
