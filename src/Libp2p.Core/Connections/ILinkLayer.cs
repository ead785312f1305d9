namespace Libp2p;

/// <summary>
/// A way to get a <see cref="Link"/> over the links of an <see cref="ILinkTransport"/>, whose ports it shares: WebSocket over
/// TCP. The transport beneath never hears of it.
/// </summary>
public interface ILinkLayer
{
    /// <summary>True where this layer takes such an address, for dialling and listening alike. Looks at the address only.</summary>
    bool Handles(Multiaddress address);

    /// <summary>The address beneath one that is handled: <c>/ip4/192.0.2.1/tcp/4001</c> for <c>/ip4/192.0.2.1/tcp/4001/ws/p2p/…</c>.</summary>
    Multiaddress GetCarrier(Multiaddress address);

    /// <summary>Opens the layer over a link that was dialled.</summary>
    /// <param name="carrier">The link. It belongs to the result; where this throws, it stays the caller's.</param>
    /// <param name="address">What is dialled: an address that <see cref="Handles"/> takes.</param>
    /// <param name="hostName">The name that gave the address, where one did.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="Libp2pException">With the cause.</exception>
    ValueTask<Link> DialAsync(Link carrier, Multiaddress address, string? hostName, CancellationToken cancellationToken);

    /// <summary>Gives who claims the links of a port that are for this layer.</summary>
    /// <param name="address">What is listened on: an address that <see cref="Handles"/> takes.</param>
    /// <param name="bound">The port beneath, as it is bound.</param>
    /// <exception cref="Libp2pException"><see cref="Libp2pError.ListenFailed"/> with the cause and the next step.</exception>
    ILinkClaimant Listen(Multiaddress address, Multiaddress bound);
}
