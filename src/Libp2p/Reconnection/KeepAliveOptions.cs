namespace Libp2p.Reconnection;

/// <summary>How often chosen peers are dialled again.</summary>
public sealed class KeepAliveOptions
{
    /// <summary>How long after a connection ended, or a dial failed, the first dial follows. Default 1 s.</summary>
    public TimeSpan FirstDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause; each is twice the one before. Default 1 min. An address that fails is left alone for longer by the node's own back-off.</summary>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The share of a pause by which it varies at random, either way, so that those who lost one peer do not all come back at one moment; 0 to 1. Default 0.25.</summary>
    public double Jitter { get; set; } = 0.25;

    /// <summary>How long a connection must last for the pauses to begin anew. Default 30 s.</summary>
    public TimeSpan StableAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The most peers. Default 256.</summary>
    public int MaxPeers { get; set; } = 256;

    /// <summary>Throws where a value makes no sense.</summary>
    /// <exception cref="ArgumentOutOfRangeException">With the option's name.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(FirstDelay, TimeSpan.Zero, nameof(FirstDelay));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxDelay, FirstDelay, nameof(MaxDelay));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxDelay, TimeSpan.FromDays(1), nameof(MaxDelay));
        ArgumentOutOfRangeException.ThrowIfNegative(Jitter);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Jitter, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(StableAfter, TimeSpan.Zero, nameof(StableAfter));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxPeers);
    }
}
