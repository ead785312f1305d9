using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Libp2p.Security.Tls;

/// <summary>
/// TLS 1.3 (tls/tls.md, <c>/tls/1.0.0</c>): the platform's TLS with a self-signed certificate in which the identity signs the
/// certificate's key, and the muxer agreed on by ALPN (connections/inlined-muxer-negotiation.md).
/// </summary>
public sealed class TlsProtocol : ISecurityProtocol
{
    /// <summary>The protocol's name.</summary>
    public static readonly ProtocolId ProtocolId = "/tls/1.0.0";

    private readonly ConditionalWeakTable<Identity, TlsCredentials> _credentials = [];
    private readonly TlsOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    /// <summary>Creates it.</summary>
    /// <param name="options">Bounds and lifetimes; null for the defaults.</param>
    /// <param name="timeProvider">The clock by which certificates are made and judged; null for the system's.</param>
    /// <param name="logger">Where it logs; null for nowhere.</param>
    /// <exception cref="PlatformNotSupportedException">The platform's TLS has no version 1.3: see <see cref="IsSupported"/>.</exception>
    public TlsProtocol(TlsOptions? options = null, TimeProvider? timeProvider = null, ILogger<TlsProtocol>? logger = null)
    {
        if (!IsSupported)
            throw new PlatformNotSupportedException("This platform's TLS has no version 1.3: leave TLS out and use Noise.");
        _options = options ?? new TlsOptions();
        _options.Validate();
        _time = timeProvider ?? TimeProvider.System;
        _logger = logger ?? (ILogger)NullLogger.Instance;
    }

    /// <summary>Whether the platform's TLS has version 1.3 for both sides, which macOS and its relatives lack.</summary>
    public static bool IsSupported { get; } =
        !(OperatingSystem.IsMacOS() || OperatingSystem.IsIOS() || OperatingSystem.IsTvOS() || OperatingSystem.IsBrowser());

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
        var credentials = _credentials.GetValue(context.Identity, identity => new TlsCredentials(identity, _time, _options.CertificateLifetime));
        var handshake = new TlsHandshake(link, context, credentials.Current, _options, _time);
        try
        {
            var proof = await handshake.RunAsync(cancellationToken).ConfigureAwait(false);
            TlsLog.Proven(_logger, proof.Peer, proof.Muxer);
            return new TlsSecureLink(link, proof, handshake.Tls, handshake.Turn, handshake.Stream, isFlushPending: context.Role == Role.Dialer, _time, _logger);
        }
        catch
        {
            handshake.Dispose();
            throw;
        }
    }
}
