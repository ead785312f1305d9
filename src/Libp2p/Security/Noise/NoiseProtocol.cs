using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Libp2p.Security.Noise;

/// <summary>
/// Noise (noise/README.md, <c>/noise</c>): the handshake Noise_XX_25519_ChaChaPoly_SHA256 with the identity's signature over the
/// static key, and the muxer agreed on within it (connections/inlined-muxer-negotiation.md).
/// </summary>
public sealed class NoiseProtocol : ISecurityProtocol
{
    /// <summary>The protocol's name.</summary>
    public static readonly ProtocolId ProtocolId = "/noise";

    private readonly ConditionalWeakTable<Identity, NoiseStaticKey> _keys = [];
    private readonly NoiseEphemeralKeys _ephemeralKeys = new();
    private readonly NoiseOptions _options;
    private readonly ILogger _logger;

    /// <summary>Creates it.</summary>
    /// <param name="options">The bounds; null for the defaults.</param>
    /// <param name="logger">Where it logs; null for nowhere.</param>
    public NoiseProtocol(NoiseOptions? options = null, ILogger<NoiseProtocol>? logger = null)
    {
        _options = options ?? new NoiseOptions();
        _options.Validate();
        _logger = logger ?? (ILogger)NullLogger.Instance;
    }

    /// <inheritdoc/>
    public ProtocolId Id => ProtocolId;

    /// <inheritdoc/>
    /// <remarks>
    /// As the dialler, the last message of the handshake is left unflushed in the link's output, so that it travels with whatever
    /// is written first; the secured link flushes it before its first read waits.
    /// </remarks>
    public async ValueTask<SecureLink> SecureAsync(Link link, HandshakeContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(link);
        ArgumentNullException.ThrowIfNull(context);
        cancellationToken.ThrowIfCancellationRequested();
        var staticKey = _keys.GetValue(context.Identity, static identity => new NoiseStaticKey(identity));
        using var handshake = new NoiseHandshake(link, context, staticKey, _ephemeralKeys, _options);
        try
        {
            var proof = await handshake.RunAsync(cancellationToken).ConfigureAwait(false);
            NoiseLog.Proven(_logger, proof.Peer, proof.Muxer);
            var (sending, receiving) = handshake.Split();
            return new NoiseSecureLink(link, proof, sending, receiving, isFlushPending: context.Role == Role.Dialer, _logger);
        }
        catch (Exception e) when (e is IOException or Libp2pException { Error: Libp2pError.ConnectionClosed })
        {
            throw new Libp2pException(Libp2pError.HandshakeFailed, $"The connection ended during the noise handshake: {e.Message}", e);
        }
    }
}
