using System.Net;

namespace Libp2p.Transports.WebSocket;

/// <summary>WebSocket over the links of another transport (websockets/README.md; RFC 6455).</summary>
public sealed class WebSocketLayer : ILinkLayer
{
    private readonly WebSocketOptions _options;
    private readonly TimeProvider _time;
    private readonly ForwardedReader _forwarded;

    /// <summary>Creates it.</summary>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="trustedProxies">The networks of proxies whose word on where a link comes from counts; null for none.</param>
    /// <param name="time">Null for the system's clock.</param>
    public WebSocketLayer(WebSocketOptions? options = null, IEnumerable<IPNetwork>? trustedProxies = null, TimeProvider? time = null)
    {
        _options = options ?? new WebSocketOptions();
        _options.Validate();
        _time = time ?? TimeProvider.System;
        _forwarded = new ForwardedReader(_options.ForwardedHeader, [.. trustedProxies ?? []]);
    }

    /// <inheritdoc/>
    public bool Handles(Multiaddress address) => WebSocketAddress.TryRead(address, out _);

    /// <inheritdoc/>
    public Multiaddress GetCarrier(Multiaddress address) => Read(address).Carrier;

    /// <inheritdoc/>
    public async ValueTask<Link> DialAsync(Link carrier, Multiaddress address, CancellationToken cancellationToken)
    {
        var read = Read(address);
        using var deadline = new Deadline(_time, cancellationToken);
        deadline.Set(_options.HandshakeTimeout);
        try
        {
            await HttpUpgrade.AskAsync(carrier, read, deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new Libp2pException(Libp2pError.Timeout, $"the WebSocket was not open within {_options.HandshakeTimeout.TotalSeconds:0.#} s", e);
        }
        return new WebSocketLink(carrier, isServer: false, WebSocketAddress.Local(carrier.LocalAddress, read.IsSecure), read.Over(carrier.RemoteAddress), _options, _time);
    }

    /// <inheritdoc/>
    public ILinkClaimant Listen(Multiaddress address, Multiaddress bound) => new WebSocketClaimant(Read(address), bound, _options, _forwarded, _time);

    /// <summary>The layer's name in messages and metrics.</summary>
    public override string ToString() => "websocket";

    private static WebSocketAddress Read(Multiaddress address) =>
        WebSocketAddress.TryRead(address, out var read) ? read : throw new ArgumentException($"{address} is not the address of a WebSocket.", nameof(address));
}
