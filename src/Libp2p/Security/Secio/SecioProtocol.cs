using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Libp2p.Security.Secio;

/// <summary>
/// SECIO (secio/README.md, <c>/secio/1.0.0</c>), a legacy protocol that libp2p gave up in 2020: secret and authentic as Noise is while
/// nobody drops frames or changes their order, which it does not notice. For peers that have nothing better.
/// </summary>
public sealed class SecioProtocol : ISecurityProtocol
{
    /// <summary>The protocol's name.</summary>
    public static readonly ProtocolId ProtocolId = "/secio/1.0.0";

    private readonly SecioOptions _options;
    private readonly ILogger _logger;

    /// <summary>Creates it, and says so in the log.</summary>
    /// <param name="options">The bounds; null for the defaults.</param>
    /// <param name="logger">Where it logs; null for nowhere.</param>
    public SecioProtocol(SecioOptions? options = null, ILogger<SecioProtocol>? logger = null)
    {
        _options = options ?? new SecioOptions();
        _options.Validate();
        _logger = logger ?? (ILogger)NullLogger.Instance;
        SecioLog.Enabled(_logger);
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
            return await new SecioHandshake(link, context, _options, _logger).RunAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or Libp2pException { Error: Libp2pError.ConnectionClosed or Libp2pError.ProtocolViolation })
        {
            throw new Libp2pException(Libp2pError.HandshakeFailed, $"The connection ended during the SECIO handshake: {e.Message}", e);
        }
    }
}
