namespace Libp2p;

/// <summary>The bounds of what is remembered of peers.</summary>
public sealed class PeerStoreOptions
{
    /// <summary>Peers at most; beyond it the one that was heard of longest ago is forgotten, never one that is connected. Default 100,000.</summary>
    public int MaxPeers { get; set; } = 100_000;

    /// <summary>Bytes at most, as estimated; beyond it peers are forgotten as beyond <see cref="MaxPeers"/>. Default 256 MiB.</summary>
    public long MaxBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>Addresses of a peer that is not connected; the least trusted and oldest are forgotten first. Default 64.</summary>
    public int MaxAddresses { get; set; } = 64;

    /// <summary>Addresses of a peer that is connected. Default 500.</summary>
    public int MaxAddressesConnected { get; set; } = 500;

    /// <summary>Names under which something is remembered of one peer. Default 16.</summary>
    public int MaxMetadata { get; set; } = 16;

    /// <summary>Bytes of what is remembered under one name. Default 1,024.</summary>
    public int MaxMetadataBytes { get; set; } = 1024;

    /// <summary>How long an address that was heard of is believed, and what a peer said of itself is remembered. Default 1 h.</summary>
    public TimeSpan HearsayLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long what is known of a connected peer is believed after it has gone. Default 15 min.</summary>
    public TimeSpan RecentLifetime { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Throws where a value makes no sense.</summary>
    /// <exception cref="ArgumentOutOfRangeException">With the option's name.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxPeers);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxBytes);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxAddresses);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxAddressesConnected, MaxAddresses);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxMetadata);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxMetadataBytes);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(HearsayLifetime, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(RecentLifetime, TimeSpan.Zero);
    }
}
