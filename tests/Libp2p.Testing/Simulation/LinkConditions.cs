namespace Libp2p.Testing.Simulation;

/// <summary>What a simulated link is like, in each direction.</summary>
public sealed record LinkConditions
{
    /// <summary>One-way time of a packet. Default 10 ms.</summary>
    public TimeSpan Latency { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>Up to so much is added at random; packets stay in order. Default none.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>Bytes a second; 0 for no limit, the default.</summary>
    public long BytesPerSecond { get; init; }

    /// <summary>The share of packets that are lost, 0 to 1. Links are reliable: what is lost comes later. Default 0.</summary>
    public double Loss { get; init; }

    /// <summary>How much later a lost packet comes. Default 200 ms.</summary>
    public TimeSpan Retransmission { get; init; } = TimeSpan.FromMilliseconds(200);
}
