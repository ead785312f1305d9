namespace Libp2p;

/// <summary>One address of a peer.</summary>
/// <param name="Address">The address, without the peer.</param>
/// <param name="Trust">The highest trust it was added with.</param>
/// <param name="Stamp">Rises with every addition to the store: the higher, the later it was last confirmed.</param>
/// <param name="ExpiresAt">When it is no longer believed, where the peer is not connected.</param>
internal readonly record struct KnownAddress(Multiaddress Address, AddressTrust Trust, long Stamp, TimeSpan ExpiresAt)
{
    /// <summary>Where it stands in the order of use: what worked before, then what the user gave, then what was heard of.</summary>
    public int UseRank => Trust switch
    {
        AddressTrust.Recent => 2,
        AddressTrust.Permanent => 1,
        _ => 0,
    };
}
