using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Libp2p.Transports.WebSocket;

/// <summary>WebSocket over the links of another transport (websockets/README.md; RFC 6455).</summary>
public sealed class WebSocketLayer : ILinkLayer
{
    private readonly WebSocketOptions _options;
    private readonly TimeProvider _time;
    private readonly ForwardedReader _forwarded;
    private readonly ServerCertificate _certificate;
    private readonly ServerTrust _trust;

    /// <summary>Creates it.</summary>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="trustedProxies">The networks of proxies whose word on where a link comes from counts; null for none.</param>
    /// <param name="time">Null for the system's clock.</param>
    /// <param name="logger">Null for no log.</param>
    public WebSocketLayer(
        WebSocketOptions? options = null, IEnumerable<IPNetwork>? trustedProxies = null, TimeProvider? time = null, ILogger<WebSocketLayer>? logger = null)
    {
        _options = options ?? new WebSocketOptions();
        _options.Validate();
        _time = time ?? TimeProvider.System;
        _forwarded = new ForwardedReader(_options.ForwardedHeader, [.. trustedProxies ?? []]);
        _certificate = new ServerCertificate(_options, _time, logger ?? (ILogger)NullLogger.Instance);
        _trust = new ServerTrust(_options);
    }

    /// <inheritdoc/>
    public bool Handles(Multiaddress address) => WebSocketAddress.TryRead(address, out _);

    /// <inheritdoc/>
    public Multiaddress GetCarrier(Multiaddress address) => Read(address).Carrier;

    /// <inheritdoc/>
    public async ValueTask<Link> DialAsync(Link carrier, Multiaddress address, string? hostName, CancellationToken cancellationToken)
    {
        var read = Read(address);
        using var deadline = new Deadline(_time, cancellationToken);
        deadline.Set(_options.HandshakeTimeout);
        TlsLink? tls = null;
        try
        {
            if (read.IsSecure)
                tls = await TlsLink.DialAsync(carrier, _trust.CreateOptions(read), deadline.Token).ConfigureAwait(false);
            await HttpUpgrade.AskAsync(tls ?? carrier, read.HostHeader(hostName), read.Path, deadline.Token).ConfigureAwait(false);
            return new WebSocketLink(
                tls ?? carrier, isServer: false, WebSocketAddress.Local(carrier.LocalAddress, read.IsSecure), read.Over(carrier.RemoteAddress), _options, _time);
        }
        catch (Exception e)
        {
            if (tls is not null)
                await tls.ReleaseAsync().ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            if (deadline.HasPassed)
                throw TooLate(_options, e);
            throw;
        }
    }

    /// <inheritdoc/>
    public ILinkClaimant Listen(Multiaddress address, Multiaddress bound)
    {
        var read = Read(address);
        // A certificate that cannot be loaded is said now, not to the first who comes.
        if (read.IsSecure)
            _certificate.CreateOptions();
        return new WebSocketClaimant(read, bound, _options, read.IsSecure ? _certificate : null, _forwarded, _time);
    }

    /// <summary>The layer's name in messages and metrics.</summary>
    public override string ToString() => "websocket";

    internal static Libp2pException TooLate(WebSocketOptions options, Exception cause) =>
        new(Libp2pError.Timeout, $"the WebSocket was not open within {options.HandshakeTimeout.TotalSeconds:0.#} s", cause);

    private static WebSocketAddress Read(Multiaddress address) =>
        WebSocketAddress.TryRead(address, out var read) ? read : throw new ArgumentException($"{address} is not the address of a WebSocket.", nameof(address));
}
