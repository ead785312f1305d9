namespace Libp2p;

/// <summary>A link whose other side has proven who it is, and whose bytes are private and authentic (unless the protocol's name says otherwise).</summary>
public abstract class SecureLink : Link
{
    /// <summary>The peer that proved its identity.</summary>
    public abstract PeerId RemotePeer { get; }

    /// <summary>The public key with which it did.</summary>
    public abstract PublicKey RemoteKey { get; }

    /// <summary>The security protocol, such as <c>/noise</c>.</summary>
    public abstract ProtocolId Security { get; }

    /// <summary>Round trips that the dialler waits for in the handshake. Default 1.</summary>
    public virtual int HandshakeRoundTrips => 1;

    /// <summary>The muxer that the handshake already agreed on, if it did (connections/inlined-muxer-negotiation.md).</summary>
    public abstract ProtocolId? EarlyMuxer { get; }
}
