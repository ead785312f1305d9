using System.Diagnostics;
using System.Net;
using Libp2p.Attack.Target;
using Libp2p.Attack.Tests.Support;

namespace Libp2p.Attack.Tests.Faults;

/// <summary>
/// A link that falls silent, without a word from the network, ends within 40 s: here with a keepalive that is a fifteenth of
/// the default, and the bound with it; with TINCAN_LONG=1 at the default. In virtual time: the simulation tests.
/// </summary>
public sealed class SilenceTests(ITestOutputHelper output)
{
    static bool IsLong => Environment.GetEnvironmentVariable("TINCAN_LONG") == "1";

    static readonly string[] Arguments = IsLong ? ["/ip4/127.0.0.1/tcp/0"] : ["/ip4/127.0.0.1/tcp/0", "1000"];
    static readonly TimeSpan Limit = IsLong ? TimeSpan.FromSeconds(40) : TimeSpan.FromSeconds(40.0 / 15);

    /// <summary>The test machine's own slowness, on top of a bound that was scaled down.</summary>
    static readonly TimeSpan Slack = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_process_that_stands_still_in_traffic_is_given_up()
    {
        await using var survivor = await TargetProcess.StartAsync([], Arguments);
        var start = await survivor.GetStateAsync();
        await using var silent = await TargetProcess.StartAsync([], Arguments);
        silent.Dial(survivor.AddressAt(IPAddress.Loopback));
        await survivor.WaitForAsync(s => s.Streams >= 4, TimeSpan.FromSeconds(30));
        silent.Suspend();
        try
        {
            await ExpectTimeoutAsync(survivor, start);
        }
        finally
        {
            silent.Resume();
        }
    }

    [Fact]
    public async Task A_link_that_carries_nothing_any_more_is_given_up_by_both_sides()
    {
        await using var listener = await TargetProcess.StartAsync([], Arguments);
        await using var dialer = await TargetProcess.StartAsync([], Arguments);
        var (atListener, atDialer) = (await listener.GetStateAsync(), await dialer.GetStateAsync());
        await using var proxy = new SilencingProxy(listener.Port);
        dialer.Dial(Multiaddress.Parse($"/ip4/127.0.0.1/tcp/{proxy.Port}/p2p/{listener.Peer}"));
        await listener.WaitForAsync(s => s.Streams >= 4, TimeSpan.FromSeconds(30));
        proxy.FallSilent();
        await Task.WhenAll(ExpectTimeoutAsync(listener, atListener), ExpectTimeoutAsync(dialer, atDialer));
    }

    [Fact]
    public async Task A_peer_that_ends_its_side_alone_ends_the_connection()
    {
        await using var survivor = await TargetProcess.StartAsync([], Arguments);
        await using var dialer = await TargetProcess.StartAsync([], Arguments);
        var start = await survivor.GetStateAsync();
        await using var proxy = new SilencingProxy(survivor.Port);
        dialer.Dial(Multiaddress.Parse($"/ip4/127.0.0.1/tcp/{proxy.Port}/p2p/{survivor.Peer}"));
        await survivor.WaitForAsync(s => s.Streams >= 4, TimeSpan.FromSeconds(30));
        proxy.EndOneSide();
        await survivor.WaitForAsync(s => IsBackAt(s, start), Limit + Slack);
        Assert.NotEmpty((string)(await survivor.NextAsync("Ended"))["Reason"]!);
    }

    async Task ExpectTimeoutAsync(TargetProcess target, TargetState start)
    {
        var began = Stopwatch.GetTimestamp();
        var ended = await target.NextAsync("Ended", 2 * (Limit + Slack));
        var took = Stopwatch.GetElapsedTime(began);
        output.WriteLine($"{took.TotalSeconds:0.00} s: {ended["Reason"]}");
        Assert.Equal(nameof(CloseCode.Timeout), (string)ended["Code"]!);
        Assert.True(took < Limit + Slack, $"It took {took.TotalSeconds:0.0} s.");
        await target.WaitForAsync(s => IsBackAt(s, start), TimeSpan.FromSeconds(30));
    }

    static bool IsBackAt(TargetState state, TargetState start) =>
        state is { Connections: 0, Sessions: 0, Streams: 0, Rented: 0 } && state.Sockets <= start.Sockets && state.Failures.Count == 0;
}
