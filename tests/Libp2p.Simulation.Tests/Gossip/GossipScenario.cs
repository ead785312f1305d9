using Libp2p.Protocols.Gossipsub;

namespace Libp2p.Simulation.Tests.Gossip;

/// <summary>What a simulated network of gossip is like, and what is said in it.</summary>
sealed record GossipScenario
{
    public required int Seed { get; init; }

    /// <summary>Nodes, those that are hostile among them.</summary>
    public int Nodes { get; init; } = 1000;

    /// <summary>Connections that each node opens; as many more are opened to it, on average.</summary>
    public int Dials { get; init; } = 10;

    public TimeSpan MinLatency { get; init; } = TimeSpan.FromMilliseconds(50);

    public TimeSpan MaxLatency { get; init; } = TimeSpan.FromMilliseconds(150);

    /// <summary>20 Mbit/s.</summary>
    public long UplinkBytesPerSecond { get; init; } = 20_000_000 / 8;

    /// <summary>The share of connections that are cut in a minute.</summary>
    public double CutsPerMinute { get; init; } = 0.01;

    /// <summary>What checking a signature and judging a message takes.</summary>
    public TimeSpan Verification { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>How much later each node comes than the one before.</summary>
    public TimeSpan Spread { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>How long meshes form before anything is said: long enough for each node to have reviewed its mesh once.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(80);

    public int Messages { get; init; } = 200;

    /// <summary>Messages a second, in the whole room.</summary>
    public double Rate { get; init; } = 4;

    public int MessageBytes { get; init; } = 200;

    /// <summary>The share of nodes that are hostile, all kinds in equal parts.</summary>
    public double Hostile { get; init; }

    public Action<GossipsubOptions> Configure { get; init; } = static _ => { };
}
