namespace Libp2p.Transports.WebSocket;

/// <summary>
/// The header in which a proxy tells where a link comes from. One alone counts: a proxy that writes the one lets pass what its
/// clients write into the other.
/// </summary>
public enum ForwardedHeader
{
    /// <summary><c>X-Forwarded-For</c>: addresses with commas between, the last one added by the last proxy.</summary>
    XForwardedFor,

    /// <summary><c>Forwarded</c> (RFC 7239): its <c>for</c> parameters.</summary>
    Forwarded,
}
