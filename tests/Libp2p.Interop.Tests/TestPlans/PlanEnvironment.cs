using Libp2p.TransportInterop;

namespace Libp2p.Interop.Tests.TestPlans;

/// <summary>The variables with which the runner of a plan starts one side.</summary>
internal static class PlanEnvironment
{
    /// <summary>Those of a test.</summary>
    /// <param name="plan">Whose names and key.</param>
    /// <param name="redis">Where Redis is.</param>
    /// <param name="key">The test's key, where the plan has one.</param>
    /// <param name="stack">Transport, security protocol and muxer.</param>
    /// <param name="dials">Whether it is the side that dials.</param>
    public static Dictionary<string, string> Of(TestPlan plan, string redis, string key, (string Transport, string Security, string Muxer) stack, bool dials) =>
        plan == TestPlan.TransportInterop
            ? new(StringComparer.Ordinal)
            {
                ["transport"] = stack.Transport,
                ["security"] = stack.Security,
                ["muxer"] = stack.Muxer,
                ["is_dialer"] = dials ? "true" : "false",
                ["ip"] = "0.0.0.0",
                ["redis_addr"] = redis,
                ["test_timeout_seconds"] = "60",
            }
            : new(StringComparer.Ordinal)
            {
                ["TRANSPORT"] = stack.Transport,
                ["SECURE_CHANNEL"] = stack.Security,
                ["MUXER"] = stack.Muxer,
                ["IS_DIALER"] = dials ? "true" : "false",
                ["LISTENER_IP"] = "0.0.0.0",
                ["REDIS_ADDR"] = redis,
                ["TEST_KEY"] = key,
                ["DEBUG"] = "false",
            };
}
