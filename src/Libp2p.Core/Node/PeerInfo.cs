namespace Libp2p;

/// <summary>What is known of a peer: an immutable snapshot.</summary>
/// <param name="Peer">Who.</param>
public sealed record PeerInfo(PeerId Peer)
{
    /// <summary>Where it may be reached, the most recently confirmed first; without <c>/p2p/…</c>.</summary>
    public IReadOnlyList<Multiaddress> Addresses { get; init; } = [];

    /// <summary>What it serves, as it said.</summary>
    public IReadOnlyList<ProtocolId> Protocols { get; init; } = [];

    /// <summary>What it calls itself: untrusted text, not escaped.</summary>
    public string? AgentVersion { get; init; }

    /// <summary>The network it says it belongs to: untrusted text, not escaped.</summary>
    public string? ProtocolVersion { get; init; }

    /// <summary>Its key, where known.</summary>
    public PublicKey? PublicKey { get; init; }

    /// <summary>Its latest signed peer record, as bytes of the envelope, verified.</summary>
    public ReadOnlyMemory<byte>? SignedRecord { get; init; }
}
