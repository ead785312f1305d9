namespace Libp2p.Transports.WebSocket;

/// <summary>Claims the links of a port that begin as HTTP does, and opens their WebSockets.</summary>
internal sealed class WebSocketClaimant(
    WebSocketAddress asked, Multiaddress bound, WebSocketOptions options, ForwardedReader forwarded, TimeProvider time) : ILinkClaimant
{
    public Multiaddress Address { get; } = asked.Over(bound);

    public LinkClaim Claim(ReadOnlySpan<byte> first) =>
        // The first letter of a method. Any of them: whoever asks for something else than GET shall be told so.
        char.IsAsciiLetterUpper((char)first[0]) ? LinkClaim.Yes : LinkClaim.No;

    public async ValueTask<Link> AcceptAsync(Link carrier, CancellationToken cancellationToken)
    {
        using var deadline = new Deadline(time, cancellationToken);
        deadline.Set(options.HandshakeTimeout);
        try
        {
            var request = await HttpUpgrade.AnswerAsync(carrier, asked.HasPath ? asked.Path : null, deadline.Token).ConfigureAwait(false);
            var remote = WebSocketAddress.Local(forwarded.Read(carrier.RemoteAddress, request), asked.IsSecure);
            return new WebSocketLink(carrier, isServer: true, asked.Over(carrier.LocalAddress), remote, options, time);
        }
        catch (OperationCanceledException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new Libp2pException(Libp2pError.Timeout, $"the WebSocket was not open within {options.HandshakeTimeout.TotalSeconds:0.#} s", e);
        }
    }
}
