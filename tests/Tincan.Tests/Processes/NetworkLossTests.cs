namespace Tincan.Tests.Processes;

public sealed class NetworkLossTests(ITestOutputHelper output)
{
    /// <summary>How long the cable is out: a minute with TINCAN_LONG=1.</summary>
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(Environment.GetEnvironmentVariable("TINCAN_LONG") == "1" ? 60 : 3);

    [Fact]
    public async Task A_chat_goes_on_when_its_network_was_away_and_its_address_is_another()
    {
        using var network = CableNetwork.CreateOrSkip();
        await using var left = TincanProcess.StartBy(network.AtLeft, "chat", "--json", "--guest", "--listen", "/ip4/0.0.0.0/tcp/0", "-vv");
        var ready = await left.WaitForAsync("ready");
        var address = ready["addrs"]!.AsArray().Select(a => (string)a!).Single(a => a.Contains(CableNetwork.LeftAddress, StringComparison.Ordinal));
        await using var right = TincanProcess.StartBy(network.AtRight, "chat", "--json", "--guest", "--listen", "/ip4/0.0.0.0/tcp/0", "--dial", address, "-vv");
        var rightPeer = (string)(await right.WaitForAsync("ready"))["peer"]!;
        await right.WaitForAsync("connect");
        await SayAsync(right, left, "before");

        var began = TimeProvider.System.GetTimestamp();
        network.Pull();
        await Task.Delay(Outage);
        network.PlugIn();

        // The one whose address is gone finds its connection dead and makes another, by itself.
        var lost = await right.WaitForAsync("disconnect");
        output.WriteLine($"right: {lost["reason"]}");
        Assert.Contains("its address on this machine was gone", (string)lost["reason"]!, StringComparison.Ordinal);
        await right.WaitForAsync("connect");
        output.WriteLine($"connected again {TimeProvider.System.GetElapsedTime(began) - Outage} after the cable was in again");
        await SayAsync(right, left, "after");

        // The other side, whose old connection may look alive for a while, answers over the new one.
        await left.TypeAsync($"/msg {rightPeer} and back");
        Assert.Equal("and back", (string?)(await right.WaitForAsync("direct"))["text"]);
    }

    private static async Task SayAsync(TincanProcess from, TincanProcess to, string text)
    {
        await from.TypeAsync(text);
        Assert.Equal(text, (string?)(await to.WaitForAsync("message"))["text"]);
        await from.WaitForAsync("message");
    }
}
