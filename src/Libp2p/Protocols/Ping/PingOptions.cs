namespace Libp2p.Protocols.Ping;

/// <summary>The bounds of ping.</summary>
public sealed class PingOptions
{
    /// <summary>From sending a ping to having its echo, the opening of the stream included. Default 10 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a peer may keep a stream open without a whole ping; then it is reset. Default 60 s: peers that ping on one stream pause for 15 s or 30 s.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Streams that one peer may ping on at once; more are reset. Default 2.</summary>
    public int MaxInboundStreamsPerPeer { get; set; } = 2;

    /// <summary>Throws where a value makes no sense.</summary>
    /// <exception cref="ArgumentOutOfRangeException">With the option's name.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Timeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(IdleTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxInboundStreamsPerPeer);
    }
}
