using Libp2p.Swarm;

namespace Libp2p;

/// <summary>The settings of a node, validated when it starts.</summary>
public sealed class NodeOptions
{
    /// <summary>Where to listen; none for a node that only dials.</summary>
    public IList<Multiaddress> Listen { get; } = [];

    /// <summary>What to tell others instead of the addresses that are listened on; empty to tell those.</summary>
    public IList<Multiaddress> Announce { get; } = [];

    /// <summary>What to tell others beside them.</summary>
    public IList<Multiaddress> AppendAnnounce { get; } = [];

    /// <summary>Bounds of connections and streams.</summary>
    public SwarmLimits Limits { get; } = new();

    /// <summary>Bounds of upgrades.</summary>
    public UpgradeOptions Upgrade { get; } = new();

    /// <summary>Bounds of dialling.</summary>
    public DialOptions Dial { get; } = new();

    /// <summary>Bounds of resolving names.</summary>
    public AddressResolverOptions Resolve { get; } = new();

    /// <summary>When connections are closed because there are too many, or nobody uses them.</summary>
    public PrunerOptions Pruner { get; } = new();

    /// <summary>What happens when the machine's addresses change, or it wakes.</summary>
    public RecoveryOptions Recovery { get; } = new();

    /// <summary>How long a stopping node waits for its handlers and for what was sent. Default 2 s.</summary>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Throws where a value makes no sense.</summary>
    /// <exception cref="ArgumentException">With the option's name.</exception>
    public void Validate()
    {
        Limits.Validate();
        Upgrade.Validate();
        Dial.Validate();
        Resolve.Validate();
        Pruner.Validate();
        Recovery.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(StopTimeout, TimeSpan.Zero);
    }
}
