namespace Libp2p.Swarm;

/// <summary>How a node recovers when the machine's addresses change or it wakes from sleep.</summary>
public sealed class RecoveryOptions
{
    /// <summary>Whether it does. Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>How long changes are gathered before they are acted on: a network that comes up changes several times. Default 1 s.</summary>
    public TimeSpan SettleTime { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often the two clocks are compared. Default 5 s.</summary>
    public TimeSpan ClockInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>By how much the clock on the wall, or the time since the last comparison, must be off for the machine to count as having slept. Default 10 s.</summary>
    public TimeSpan ClockJump { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection that may have been cut has to show that it lives. Default 5 s.</summary>
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Throws where a value makes no sense.</summary>
    /// <exception cref="ArgumentOutOfRangeException">With the option's name.</exception>
    public void Validate()
    {
        ThrowIfNotWithinDay(SettleTime, nameof(SettleTime));
        ThrowIfNotWithinDay(ClockInterval, nameof(ClockInterval));
        ThrowIfNotWithinDay(ClockJump, nameof(ClockJump));
        ThrowIfNotWithinDay(ProbeTimeout, nameof(ProbeTimeout));
    }

    private static void ThrowIfNotWithinDay(TimeSpan value, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, TimeSpan.FromDays(1), name);
    }
}
