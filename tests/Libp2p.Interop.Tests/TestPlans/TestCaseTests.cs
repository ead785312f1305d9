using System.Net;
using Libp2p.TransportInterop;

namespace Libp2p.Interop.Tests.TestPlans;

/// <summary>What the environment says, and what is said where it says nothing that makes sense.</summary>
public sealed class TestCaseTests
{
    private static readonly (string Transport, string Security, string Muxer) Stack = ("ws", "tls", "mplex");

    [Fact]
    public void The_old_variables_are_read()
    {
        var test = Read(PlanEnvironment.Of(TestPlan.TransportInterop, "[::1]:7000", "", Stack, dials: true));
        Assert.Equal((TestPlan.TransportInterop, true, "ws", "tls", "mplex"), (test.Plan, test.IsDialer, test.Transport, test.Security, test.Muxer));
        Assert.Equal((IPAddress.Any, "::1", 7000, "listenerAddr", true), (test.Ip, test.RedisHost, test.RedisPort, test.RedisKey, test.AddressIsList));
        Assert.Equal(TimeSpan.FromSeconds(60), test.Timeout);
    }

    [Fact]
    public void The_new_variables_are_read_even_beside_the_old()
    {
        var environment = PlanEnvironment.Of(TestPlan.TransportInterop, "old:1", "", ("tcp", "noise", "yamux"), dials: true);
        foreach (var (name, value) in PlanEnvironment.Of(TestPlan.UnifiedTesting, "redis.example:7000", "a5b50d5e", Stack, dials: false))
            environment[name] = value;
        (environment["DEBUG"], environment["TEST_TIMEOUT_SECS"]) = ("true", "7");
        var test = Read(environment);
        Assert.Equal((TestPlan.UnifiedTesting, false, "ws", "tls", "mplex"), (test.Plan, test.IsDialer, test.Transport, test.Security, test.Muxer));
        Assert.Equal(("redis.example", 7000, "a5b50d5e_listener_multiaddr", false), (test.RedisHost, test.RedisPort, test.RedisKey, test.AddressIsList));
        Assert.Equal((TimeSpan.FromSeconds(7), true), (test.Timeout, test.Debug));
    }

    [Fact]
    public void What_may_be_left_out_has_its_default()
    {
        var environment = PlanEnvironment.Of(TestPlan.TransportInterop, "", "", Stack, dials: false);
        environment.Remove("ip");
        environment.Remove("test_timeout_seconds");
        var test = Read(environment);
        Assert.Equal((IPAddress.Any, "redis", 6379, TimeSpan.FromSeconds(180)), (test.Ip, test.RedisHost, test.RedisPort, test.Timeout));
        environment["test_timeout_secs"] = "9";
        Assert.Equal(TimeSpan.FromSeconds(9), Read(environment).Timeout);
    }

    [Theory]
    [InlineData("transport", "quic-v1", "transport is 'quic-v1', not one of tcp, ws, wss")]
    [InlineData("security", "", "security is not set")]
    [InlineData("security", "plaintext", "security is 'plaintext', not one of noise, tls")]
    [InlineData("muxer", "spdy", "muxer is 'spdy', not one of yamux, mplex")]
    [InlineData("is_dialer", "yes", "is_dialer is 'yes', not one of true, false")]
    [InlineData("ip", "localhost", "ip is 'localhost', not an IP address")]
    [InlineData("redis_addr", "a:b:c", "redis_addr is 'a:b:c', not host:port")]
    [InlineData("test_timeout_seconds", "-1", "test_timeout_seconds is '-1', not a number of seconds from 1 to 86400")]
    [InlineData("transport", "", "set TEST_KEY and the variables of unified-testing, or transport and those of test-plans")]
    [InlineData("TEST_KEY", "a b", "TEST_KEY is 'a b', not letters and digits")]
    public async Task What_makes_no_sense_is_named_in_one_line(string name, string value, string failure)
    {
        var environment = PlanEnvironment.Of(TestPlan.TransportInterop, "127.0.0.1:1", "", Stack, dials: true);
        environment[name] = value;
        using var output = new StringWriter();
        using var errors = new StringWriter { NewLine = "\n" };
        Assert.Equal(Harness.WrongEnvironment, await Harness.RunAsync(variable => environment.GetValueOrDefault(variable), output, errors, default));
        Assert.Equal(("", $"transport-interop: {failure}\n"), (output.ToString(), errors.ToString()));
    }

    private static TestCase Read(Dictionary<string, string> environment) => TestCase.Read(name => environment.GetValueOrDefault(name));
}
