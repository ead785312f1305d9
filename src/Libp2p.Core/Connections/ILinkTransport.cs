namespace Libp2p;

/// <summary>A way to get a <see cref="Link"/> to an address: memory, TCP, WebSocket, a relayed circuit.</summary>
public interface ILinkTransport
{
    /// <summary>True where this transport takes such an address, for dialling and listening alike. Looks at the address only.</summary>
    bool Handles(Multiaddress address);

    /// <summary>Connects.</summary>
    /// <param name="address">An address that <see cref="Handles"/> takes; a peer id at its end is ignored.</param>
    /// <param name="cancellationToken">Ends the attempt; nothing is leaked.</param>
    /// <exception cref="Libp2pException"><see cref="Libp2pError.Unreachable"/> with the cause.</exception>
    ValueTask<Link> DialAsync(Multiaddress address, CancellationToken cancellationToken);

    /// <summary>Listens.</summary>
    /// <param name="address">Where; port 0 takes a free one.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="Libp2pException"><see cref="Libp2pError.ListenFailed"/> with the cause and the next step.</exception>
    ValueTask<IListener<Link>> ListenAsync(Multiaddress address, CancellationToken cancellationToken);
}
