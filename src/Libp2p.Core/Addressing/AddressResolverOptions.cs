namespace Libp2p;

/// <summary>The bounds of resolving an address.</summary>
public sealed class AddressResolverOptions
{
    /// <summary>How many <c>/dnsaddr</c> may lead one to the next. Default 4.</summary>
    public int MaxDepth { get; set; } = 4;

    /// <summary>The most look-ups for one address; a name of both families takes two. Default 32.</summary>
    public int MaxLookups { get; set; } = 32;

    /// <summary>The most addresses that come of one. Default 100.</summary>
    public int MaxAddresses { get; set; } = 100;

    /// <summary>How long it may take, whatever is looked up on the way; what was found by then counts. Default 5 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Throws where a value makes no sense.</summary>
    /// <exception cref="ArgumentOutOfRangeException">With the option's name.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxDepth);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxLookups, 2);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxAddresses);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Timeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Timeout, TimeSpan.FromDays(1));
    }
}
