namespace Libp2p.Transports.WebSocket;

/// <summary>Options of WebSocket.</summary>
public sealed class WebSocketOptions
{
    /// <summary>From the first byte to the open WebSocket, TLS included: absolute, however busily the other side drips. Default 15 s.</summary>
    public TimeSpan HandshakeTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>The largest message that is taken, in bytes. It is streamed through: nothing is reserved for it. Default 1 MiB.</summary>
    public int MaxMessage { get; set; } = 1024 * 1024;

    /// <summary>The header in which a trusted proxy tells where a link comes from. Default <see cref="ForwardedHeader.XForwardedFor"/>.</summary>
    public ForwardedHeader ForwardedHeader { get; set; } = ForwardedHeader.XForwardedFor;

    /// <summary>Throws where a value makes no sense.</summary>
    /// <exception cref="ArgumentOutOfRangeException">With the option's name.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(HandshakeTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxMessage, 64 * 1024);
    }
}
