namespace Libp2p.Security.Noise;

/// <summary>The NoiseHandshakePayload of messages 2 and 3 (noise/README.md, "The libp2p Handshake Payload"); what is absent is empty.</summary>
internal sealed class NoisePayload
{
    /// <summary>The sender's identity key as protobuf.</summary>
    public ReadOnlyMemory<byte> IdentityKey { get; init; }

    /// <summary>The signature by that key over the sender's static key.</summary>
    public ReadOnlyMemory<byte> IdentitySignature { get; init; }

    /// <summary>The muxers that the sender offers, its favourite first. A name that cannot be one is left out.</summary>
    public IReadOnlyList<ProtocolId> StreamMuxers { get; init; } = [];

    /// <summary>The multihashes of the certificates that a WebTransport server uses.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> WebTransportCertificateHashes { get; init; } = [];
}
