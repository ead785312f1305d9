namespace Libp2p.Protocols.Identify;

/// <summary>What a peer says of itself, decoded and within bounds; none of it is verified. Null is what it did not say.</summary>
internal sealed record IdentifyClaims
{
    /// <summary>Its key as it travels.</summary>
    public ReadOnlyMemory<byte>? PublicKey { get; init; }

    /// <summary>Where it listens, without the addresses that do not decode or that name another peer; null where the message has none at all.</summary>
    public IReadOnlyList<Multiaddress>? ListenAddresses { get; init; }

    /// <summary>What it serves, without what is no name of a protocol; null where the message has none at all.</summary>
    public IReadOnlyList<ProtocolId>? Protocols { get; init; }

    /// <summary>This node's address as the peer sees it.</summary>
    public Multiaddress? ObservedAddress { get; init; }

    /// <summary>The network it belongs to: raw text.</summary>
    public string? ProtocolVersion { get; init; }

    /// <summary>What it calls itself: raw text.</summary>
    public string? AgentVersion { get; init; }

    /// <summary>The envelope of its peer record, unopened.</summary>
    public ReadOnlyMemory<byte>? SignedRecord { get; init; }
}
