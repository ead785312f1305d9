namespace Libp2p;

/// <summary>The bounds of one subscription.</summary>
public sealed class SubscriptionOptions
{
    /// <summary>How many messages wait for a slow reader; beyond it the oldest is dropped and counted. Default 1024.</summary>
    public int Capacity { get; set; } = 1024;

    /// <summary>Throws where a value makes no sense.</summary>
    /// <exception cref="ArgumentOutOfRangeException">With the option's name.</exception>
    public void Validate() => ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Capacity);
}
