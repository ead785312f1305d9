using System.Globalization;

namespace Libp2p.TransportInterop;

/// <summary>What the dialler found.</summary>
/// <param name="HandshakePlusOneRtt">From the dial to the answer to the first ping.</param>
/// <param name="PingRtt">The round trip of that ping.</param>
internal readonly record struct Measurement(TimeSpan HandshakePlusOneRtt, TimeSpan PingRtt)
{
    /// <summary>As the plan wants it on standard output.</summary>
    public string Format(TestPlan plan) => plan switch
    {
        // The third l is the test plan's own.
        TestPlan.TransportInterop => $$"""{"handshakePlusOneRTTMillis":{{Milliseconds(HandshakePlusOneRtt)}},"pingRTTMilllis":{{Milliseconds(PingRtt)}}}""",
        _ => $"""
            # Measurements from dialer
            latency:
              handshake_plus_one_rtt: {Milliseconds(HandshakePlusOneRtt)}
              ping_rtt: {Milliseconds(PingRtt)}
              unit: ms
            """,
    };

    private static string Milliseconds(TimeSpan time) => time.TotalMilliseconds.ToString("0.000", CultureInfo.InvariantCulture);
}
