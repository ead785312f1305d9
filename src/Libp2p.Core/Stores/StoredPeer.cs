namespace Libp2p;

/// <summary>All that is known of a peer, as it outlives the process.</summary>
/// <param name="Facts">What it said of itself; the addresses in it do not count.</param>
/// <param name="Touched">When it was last heard of.</param>
/// <param name="IsConnected">Whether it was connected then.</param>
/// <param name="RecordSequence">The number of its record.</param>
/// <param name="Addresses">Its addresses.</param>
/// <param name="Metadata">What services remember of it.</param>
internal sealed record StoredPeer(
    PeerInfo Facts, DateTimeOffset Touched, bool IsConnected, ulong? RecordSequence, IReadOnlyList<StoredAddress> Addresses,
    IReadOnlyList<KeyValuePair<string, ReadOnlyMemory<byte>>> Metadata);

/// <summary>One address of it.</summary>
/// <param name="Address">The address, without the peer.</param>
/// <param name="Trust">The highest trust it was added with.</param>
/// <param name="Stamp">The higher, the later it was last confirmed.</param>
/// <param name="Expires">When it is no longer believed; null where it stays.</param>
internal sealed record StoredAddress(Multiaddress Address, AddressTrust Trust, long Stamp, DateTimeOffset? Expires);
