namespace Libp2p;

/// <summary>A way to turn a <see cref="Link"/> into a <see cref="SecureLink"/>.</summary>
public interface ISecurityProtocol
{
    /// <summary>The name that is negotiated, such as <c>/noise</c>.</summary>
    ProtocolId Id { get; }

    /// <summary>Runs the handshake.</summary>
    /// <param name="link">The link; it belongs to the returned one afterwards. Where this throws, the caller aborts it.</param>
    /// <param name="context">Role, identity, expected peer, muxers.</param>
    /// <param name="cancellationToken">The deadline of the whole upgrade is in it.</param>
    /// <exception cref="PeerIdMismatchException">Another peer than the expected one answered; the handshake ends before this side proves anything more.</exception>
    /// <exception cref="Libp2pException"><see cref="Libp2pError.HandshakeFailed"/> with the cause.</exception>
    ValueTask<SecureLink> SecureAsync(Link link, HandshakeContext context, CancellationToken cancellationToken);
}
