namespace Libp2p;

/// <summary>How long an address is believed.</summary>
public enum AddressTrust
{
    /// <summary>Heard of; it expires after an hour.</summary>
    Hearsay,

    /// <summary>A connection to it worked a short while ago; it expires 15 minutes after the peer has gone.</summary>
    Recent,

    /// <summary>Given by the user: it stays.</summary>
    Permanent,
}

/// <summary>What a node knows of peers. Bounded; what it returns are snapshots.</summary>
public interface IPeerStore
{
    /// <summary>What is known of a peer; null where nothing is.</summary>
    ValueTask<PeerInfo?> GetAsync(PeerId peer, CancellationToken cancellationToken = default);

    /// <summary>Adds addresses, or refreshes those that are there. Addresses that name another peer are left out.</summary>
    ValueTask AddAddressesAsync(PeerId peer, IReadOnlyList<Multiaddress> addresses, AddressTrust trust, CancellationToken cancellationToken = default);

    /// <summary>Replaces what a peer said of itself: for each value, null leaves what is there.</summary>
    ValueTask UpdateAsync(PeerId peer, IReadOnlyList<ProtocolId>? protocols, string? agentVersion, string? protocolVersion, PublicKey? publicKey, CancellationToken cancellationToken = default);

    /// <summary>Takes a signed peer record whose signature was verified and whose key is the peer's. False where a newer one is there.</summary>
    ValueTask<bool> ConsumeRecordAsync(PeerRecord record, ReadOnlyMemory<byte> envelope, CancellationToken cancellationToken = default);

    /// <summary>What a service remembers of a peer under a name; null where it does not.</summary>
    ValueTask<ReadOnlyMemory<byte>?> GetMetadataAsync(PeerId peer, string name, CancellationToken cancellationToken = default);

    /// <summary>Remembers something small of a peer, for as long as anything of it is remembered.</summary>
    /// <param name="peer">Of whom.</param>
    /// <param name="name">The service's name for it: 1 to 64 characters.</param>
    /// <param name="value">What to remember, copied; null to forget it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">The name or the value is too long.</exception>
    /// <exception cref="Libp2pException"><see cref="Libp2pError.LimitReached"/>: so many names of the peer are in use.</exception>
    ValueTask SetMetadataAsync(PeerId peer, string name, ReadOnlyMemory<byte>? value, CancellationToken cancellationToken = default);

    /// <summary>Tells that a peer has its first connection, or that its last one has ended. While it is connected nothing of it expires, and it may have more addresses.</summary>
    ValueTask SetConnectedAsync(PeerId peer, bool isConnected, CancellationToken cancellationToken = default);

    /// <summary>Forgets a peer.</summary>
    ValueTask RemoveAsync(PeerId peer, CancellationToken cancellationToken = default);

    /// <summary>The peers of whom something is known.</summary>
    ValueTask<IReadOnlyList<PeerId>> ListAsync(CancellationToken cancellationToken = default);
}
