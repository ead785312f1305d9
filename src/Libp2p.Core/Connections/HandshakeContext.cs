namespace Libp2p;

/// <summary>What a security handshake needs to know.</summary>
/// <param name="Identity">Who this node is.</param>
/// <param name="Role">Who speaks first.</param>
/// <param name="ExpectedPeer">Who must answer; null where anyone may.</param>
/// <param name="Muxers">The muxers on offer, in order of preference, for protocols that can agree on one within the handshake.</param>
public sealed record HandshakeContext(Identity Identity, Role Role, PeerId? ExpectedPeer, IReadOnlyList<ProtocolId> Muxers)
{
    /// <summary>Bytes that both sides must share for the handshake to succeed; empty for most transports.</summary>
    public ReadOnlyMemory<byte> Prologue { get; init; }
}
