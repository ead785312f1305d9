namespace Libp2p.Swarm;

/// <summary>When a node closes connections by itself.</summary>
public sealed class PrunerOptions
{
    /// <summary>
    /// Connections past their grace beyond which some are closed. Default 192. Where <see cref="SwarmLimits.MaxConnections"/>
    /// leaves less than an eighth of room above it, both marks are lowered in proportion. <see cref="int.MaxValue"/> closes none.
    /// </summary>
    public int HighWater { get; set; } = 192;

    /// <summary>How many of these are left. Default 160.</summary>
    public int LowWater { get; set; } = 160;

    /// <summary>How long a new connection neither is closed nor counts. Default 60 s.</summary>
    public TimeSpan GracePeriod { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The least time between two rounds of closing. Default 10 s.</summary>
    public TimeSpan TrimInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a connection may have no stream before it is closed, however few there are; one to a peer that is protected,
    /// or worth something to a service, stays. It is closed at most half as late again. Default null: never.
    /// </summary>
    public TimeSpan? IdleTimeout { get; set; }

    /// <summary>Peers without a connection whose tags are kept; beyond it the tags that were set longest ago go. Default 1,024.</summary>
    public int MaxTaggedAhead { get; set; } = 1024;

    /// <summary>Throws where the values are out of range or contradict each other.</summary>
    /// <exception cref="ArgumentOutOfRangeException">With the option's name.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(LowWater);
        ArgumentOutOfRangeException.ThrowIfLessThan(HighWater, LowWater);
        ThrowIfNegativeOrBeyondDay(GracePeriod, nameof(GracePeriod));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(TrimInterval, TimeSpan.Zero, nameof(TrimInterval));
        ThrowIfNegativeOrBeyondDay(TrimInterval, nameof(TrimInterval));
        if (IdleTimeout is { } idle)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(idle, TimeSpan.Zero, nameof(IdleTimeout));
            ThrowIfNegativeOrBeyondDay(idle, nameof(IdleTimeout));
        }
        ArgumentOutOfRangeException.ThrowIfNegative(MaxTaggedAhead);
    }

    private static void ThrowIfNegativeOrBeyondDay(TimeSpan value, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, TimeSpan.FromDays(1), name);
    }
}
