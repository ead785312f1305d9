using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Libp2p.TransportInterop;

namespace Libp2p.Interop.Tests.TestPlans;

/// <summary>The harness of libp2p's transport tests, old and new, by way of a real Redis: against itself and against js-libp2p.</summary>
public sealed partial class TransportInteropTests(RedisServer redis) : IClassFixture<RedisServer>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private static int _lastKey;

    public static TheoryData<string, string, string, string> Stacks =>
        [.. from plan in Enum.GetNames<TestPlan>() from transport in new[] { "tcp", "ws" } from security in new[] { "noise", "tls" } from muxer in new[] { "yamux", "mplex" } select (plan, transport, security, muxer)];

    /// <summary>Both sides in this process: each is a call of what the program's <c>Main</c> calls.</summary>
    [Theory]
    [MemberData(nameof(Stacks))]
    public Task It_meets_itself(string plan, string transport, string security, string muxer) => MeetItselfAsync(plan, transport, security, muxer);

    /// <summary>At an address for which no authority has to vouch, whatever this machine's others are.</summary>
    [Theory]
    [InlineData("TransportInterop")]
    [InlineData("UnifiedTesting")]
    public Task It_meets_itself_over_secure_WebSocket(string plan) => MeetItselfAsync(plan, "wss", "noise", "yamux", ip: "127.0.0.1");

    [Theory]
    [InlineData("TransportInterop", "tcp", "noise", "yamux")]
    [InlineData("UnifiedTesting", "ws", "tls", "mplex")]
    public async Task It_dials_a_js_libp2p_listener(string plan, string transport, string security, string muxer)
    {
        RedisServer.SkipWhereMissing();
        var (listening, dialling) = Environments(plan, transport, security, muxer);
        await using var listener = PlanProcess.Js(listening);
        await using var dialler = PlanProcess.Ours(dialling);
        AssertPassed(plan, await dialler.EndAsync());
    }

    [Theory]
    [InlineData("TransportInterop", "ws", "noise", "mplex")]
    [InlineData("UnifiedTesting", "tcp", "tls", "yamux")]
    public async Task It_is_dialled_by_js_libp2p_and_ends_in_good_order_when_told(string plan, string transport, string security, string muxer)
    {
        RedisServer.SkipWhereMissing();
        var (listening, dialling) = Environments(plan, transport, security, muxer);
        // js-libp2p pops from a list in both plans.
        listening["LISTENER_ADDRESS_AS"] = "list";
        await using var listener = PlanProcess.Ours(listening);
        await using var dialler = PlanProcess.Js(dialling);
        AssertPassed(plan, await dialler.EndAsync());
        AssertStopped(await listener.TerminateAsync());
    }

    [Theory]
    [InlineData(true, "after 3 s still waiting for the listener's address in Redis, under ffffffff_listener_multiaddr")]
    [InlineData(false, "after 3 s still listening")]
    public async Task When_the_time_is_up_it_fails(bool dials, string failure)
    {
        RedisServer.SkipWhereMissing();
        var environment = PlanEnvironment.Of(TestPlan.UnifiedTesting, redis.Address, dials ? "ffffffff" : NextKey(), ("tcp", "noise", "yamux"), dials);
        // By then it has come as far as that, on a busy machine too.
        environment["TEST_TIMEOUT_SECS"] = "3";
        Assert.Equal((1, "", $"transport-interop: {failure}\n"), await RunAsync(environment));
    }

    [Theory]
    [InlineData("no address", "what the listener left in Redis is no address: ")]
    [InlineData("/ip4/127.0.0.1/tcp/1/ws", "")]
    public async Task What_the_listener_left_is_not_believed(string left, string failure)
    {
        RedisServer.SkipWhereMissing();
        var key = NextKey();
        using (var client = await redis.ConnectAsync())
            await client.SetAsync($"{key}_listener_multiaddr", left, default);
        var (code, output, errors) = await RunAsync(PlanEnvironment.Of(TestPlan.UnifiedTesting, redis.Address, key, ("tcp", "noise", "yamux"), dials: true));
        Assert.Equal((1, ""), (code, output));
        Assert.StartsWith($"transport-interop: {failure}", errors, StringComparison.Ordinal);
        Assert.Equal(1, errors.Count(c => c == '\n'));
    }

    private async Task MeetItselfAsync(string plan, string transport, string security, string muxer, string ip = "0.0.0.0")
    {
        RedisServer.SkipWhereMissing();
        var (listening, dialling) = Environments(plan, transport, security, muxer);
        listening[plan == nameof(TestPlan.TransportInterop) ? "ip" : "LISTENER_IP"] = ip;
        using var stop = new CancellationTokenSource();
        var listener = RunAsync(listening, stop.Token);
        AssertPassed(plan, await RunAsync(dialling));
        await stop.CancelAsync();
        AssertStopped(await listener);
    }

    private (Dictionary<string, string> Listening, Dictionary<string, string> Dialling) Environments(string plan, string transport, string security, string muxer)
    {
        var (key, stack) = (NextKey(), (transport, security, muxer));
        return (PlanEnvironment.Of(Enum.Parse<TestPlan>(plan), redis.Address, key, stack, dials: false),
            PlanEnvironment.Of(Enum.Parse<TestPlan>(plan), redis.Address, key, stack, dials: true));
    }

    private static async Task<(int Code, string Output, string Errors)> RunAsync(Dictionary<string, string> environment, CancellationToken stop = default)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var errors = new StringWriter { NewLine = "\n" };
        var code = await Harness.RunAsync(name => environment.GetValueOrDefault(name), output, errors, stop).WaitAsync(Patience, TimeProvider.System, CancellationToken.None);
        return (code, output.ToString(), errors.ToString());
    }

    /// <summary>It ended well, and standard output is what the plan's scripts read: nothing more.</summary>
    private static void AssertPassed(string plan, (int Code, string Output, string Errors) ended)
    {
        Assert.True(ended.Code == 0, $"exit code {ended.Code}: {ended.Errors}");
        var (both, ping) = plan == nameof(TestPlan.TransportInterop) ? ParseJson(ended.Output) : ParseYaml(ended.Output);
        Assert.True(ping >= 0 && both >= ping, ended.Output);
    }

    /// <summary>It ended when told, and had nothing to report; that mplex is spoken is in the log, as it should be.</summary>
    private static void AssertStopped((int Code, string Output, string Errors) ended)
    {
        Assert.True(ended.Code == 0, $"exit code {ended.Code}: {ended.Errors}");
        Assert.Equal("", ended.Output);
        Assert.DoesNotContain("transport-interop:", ended.Errors, StringComparison.Ordinal);
    }

    private static (double Both, double Ping) ParseJson(string output)
    {
        using var result = JsonDocument.Parse(output);
        Assert.Equal(2, result.RootElement.EnumerateObject().Count());
        return (result.RootElement.GetProperty("handshakePlusOneRTTMillis").GetDouble(), result.RootElement.GetProperty("pingRTTMilllis").GetDouble());
    }

    private static (double Both, double Ping) ParseYaml(string output)
    {
        var match = Result().Match(output);
        Assert.True(match.Success, output);
        return (double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), double.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture));
    }

    private static string NextKey() => Interlocked.Increment(ref _lastKey).ToString("x8", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\A(?:# Measurements from dialer\n)?latency:\n  handshake_plus_one_rtt: ([0-9.]+)\n  ping_rtt: ([0-9.]+)\n  unit: ms\n\z")]
    private static partial Regex Result();
}
