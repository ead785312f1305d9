namespace Libp2p;

/// <summary>A way to get an authenticated, multiplexed connection to a peer. QUIC and WebRTC are such by nature; others become so by upgrading.</summary>
public interface ITransport
{
    /// <summary>True where this transport takes such an address, for dialling and listening alike. Looks at the address only.</summary>
    bool Handles(Multiaddress address);

    /// <summary>Connects and authenticates.</summary>
    /// <param name="address">An address that <see cref="Handles"/> takes.</param>
    /// <param name="expectedPeer">Who must answer; null where anyone may.</param>
    /// <param name="progress">Told which stage begins, so that a failure can be explained; may be null.</param>
    /// <param name="cancellationToken">Ends the attempt; nothing is leaked.</param>
    /// <exception cref="PeerIdMismatchException">Another peer answered; no protocol ran with it.</exception>
    /// <exception cref="Libp2pException">With the cause.</exception>
    ValueTask<PeerConnection> DialAsync(Multiaddress address, PeerId? expectedPeer, IProgress<DialStage>? progress, CancellationToken cancellationToken);

    /// <summary>Connects and authenticates at an address that a name gave. By default as where none did.</summary>
    /// <param name="address">An address that <see cref="Handles"/> takes.</param>
    /// <param name="hostName">The name, for transports that say whom they mean; null where there is none.</param>
    /// <param name="expectedPeer">Who must answer; null where anyone may.</param>
    /// <param name="progress">Told which stage begins; may be null.</param>
    /// <param name="cancellationToken">Ends the attempt; nothing is leaked.</param>
    /// <exception cref="Libp2pException">As without a name.</exception>
    ValueTask<PeerConnection> DialAsync(Multiaddress address, string? hostName, PeerId? expectedPeer, IProgress<DialStage>? progress, CancellationToken cancellationToken) =>
        DialAsync(address, expectedPeer, progress, cancellationToken);

    /// <summary>Listens; what the listener gives is authenticated.</summary>
    /// <exception cref="Libp2pException"><see cref="Libp2pError.ListenFailed"/> with the cause and the next step.</exception>
    ValueTask<IListener<PeerConnection>> ListenAsync(Multiaddress address, CancellationToken cancellationToken);
}
