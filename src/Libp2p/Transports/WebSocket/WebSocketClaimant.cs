namespace Libp2p.Transports.WebSocket;

/// <summary>Claims the links of a port that begin as HTTP does, or as TLS does, and opens their WebSockets.</summary>
/// <param name="asked">What is listened on.</param>
/// <param name="bound">The port beneath.</param>
/// <param name="options">The bounds.</param>
/// <param name="certificate">What TLS shows; null where HTTP comes without.</param>
/// <param name="forwarded">Tells where a link comes from.</param>
/// <param name="time">The clock.</param>
internal sealed class WebSocketClaimant(
    WebSocketAddress asked, Multiaddress bound, WebSocketOptions options, ServerCertificate? certificate, ForwardedReader forwarded, TimeProvider time)
    : ILinkClaimant
{
    /// <summary>The first byte of a record of TLS that carries a ClientHello (RFC 8446, section 5.1).</summary>
    private const byte Handshake = 22;

    public Multiaddress Address { get; } = asked.Over(bound);

    public LinkClaim Claim(ReadOnlySpan<byte> first)
    {
        // The first letter of a method. Any of them: whoever asks for something else than GET shall be told so.
        var isMine = certificate is null ? char.IsAsciiLetterUpper((char)first[0]) : first[0] == Handshake;
        return isMine ? LinkClaim.Yes : LinkClaim.No;
    }

    public async ValueTask<Link> AcceptAsync(Link carrier, CancellationToken cancellationToken)
    {
        using var deadline = new Deadline(time, cancellationToken);
        deadline.Set(options.HandshakeTimeout);
        TlsLink? tls = null;
        try
        {
            if (certificate is not null)
                tls = await TlsLink.AcceptAsync(carrier, certificate.CreateOptions(), deadline.Token).ConfigureAwait(false);
            var request = await HttpUpgrade.AnswerAsync(tls ?? carrier, asked.HasPath ? asked.Path : null, deadline.Token).ConfigureAwait(false);
            var remote = WebSocketAddress.Local(forwarded.Read(carrier.RemoteAddress, request), asked.IsSecure);
            return new WebSocketLink(tls ?? carrier, isServer: true, asked.Over(carrier.LocalAddress), remote, options, time);
        }
        catch (Exception e)
        {
            if (tls is not null)
                await tls.ReleaseAsync().ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            if (deadline.HasPassed)
                throw WebSocketLayer.TooLate(options, e);
            throw;
        }
    }
}
