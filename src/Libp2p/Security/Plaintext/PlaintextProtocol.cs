using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Libp2p.Security.Plaintext;

/// <summary>
/// Plaintext (plaintext/README.md, <c>/plaintext/2.0.0</c>): no secrecy, no proof, only names. For tests and trusted links; a node that
/// enables it can be led to it by whoever is on the way, whatever else it speaks.
/// </summary>
public sealed class PlaintextProtocol : ISecurityProtocol
{
    /// <summary>The protocol's name.</summary>
    public static readonly ProtocolId ProtocolId = "/plaintext/2.0.0";

    private readonly PlaintextOptions _options;

    /// <summary>Creates it, and says so in the log.</summary>
    /// <param name="options">The settings; null for the defaults.</param>
    /// <param name="logger">Where it logs; null for nowhere.</param>
    public PlaintextProtocol(PlaintextOptions? options = null, ILogger<PlaintextProtocol>? logger = null)
    {
        _options = options ?? new PlaintextOptions();
        PlaintextLog.Enabled(logger ?? (ILogger)NullLogger.Instance);
    }

    /// <inheritdoc/>
    public ProtocolId Id => ProtocolId;

    /// <inheritdoc/>
    public async ValueTask<SecureLink> SecureAsync(Link link, HandshakeContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(link);
        ArgumentNullException.ThrowIfNull(context);
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return new PlaintextSecureLink(link, await ExchangeAsync(link, context, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception e) when (e is IOException or Libp2pException { Error: Libp2pError.ConnectionClosed or Libp2pError.ProtocolViolation })
        {
            throw new Libp2pException(Libp2pError.HandshakeFailed, $"The connection ended during the plaintext exchange: {e.Message}", e);
        }
    }

    private async ValueTask<PublicKey> ExchangeAsync(Link link, HandshakeContext context, CancellationToken cancellationToken)
    {
        if (context.Role == Role.Dialer)
            await SendAsync(link, context, _options.DialInFormOf2020, cancellationToken).ConfigureAwait(false);
        var bytes = await LengthPrefixed.ReadAsync(link.Input, PlaintextCodec.MaxLength, cancellationToken).ConfigureAwait(false)
            ?? throw Failed("The peer ended the connection instead of saying who it is.");
        if (!PlaintextCodec.TryDecode(bytes, out var theirs, out var error))
            throw Failed($"The peer's plaintext exchange is refused: {error}.");
        var peer = PeerId.FromPublicKey(theirs.Key);
        if (context.ExpectedPeer is { } expected && expected != peer)
            throw new PeerIdMismatchException(expected, peer);
        // A listener answers in the form that it was spoken to: a peer of 2020 reads no other.
        if (context.Role == Role.Listener)
            await SendAsync(link, context, theirs.IsInFormOf2020, cancellationToken).ConfigureAwait(false);
        return theirs.Key;
    }

    private static async ValueTask SendAsync(Link link, HandshakeContext context, bool inFormOf2020, CancellationToken cancellationToken) =>
        await LengthPrefixed.WriteAsync(link.Output, PlaintextCodec.Encode(new PlaintextExchange(context.Identity.PublicKey, inFormOf2020)), cancellationToken).ConfigureAwait(false);

    private static Libp2pException Failed(string message) => new(Libp2pError.HandshakeFailed, message);
}
