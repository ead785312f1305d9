namespace Libp2p.Protocols.Perf;

/// <summary>The settings of perf.</summary>
public sealed class PerfOptions
{
    /// <summary>Whether peers may measure against this node: anyone could make it send. Default false.</summary>
    public bool Serve { get; set; }

    /// <summary>The longest that one measurement of a peer may take; then its stream is reset. Default 5 minutes.</summary>
    public TimeSpan MaxDuration { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The most bytes that a peer may ask for in one measurement; a stream that asks for more is reset. Default: as many as <see cref="MaxDuration"/> allows.</summary>
    public ulong MaxDownload { get; set; } = ulong.MaxValue;

    /// <summary>Measurements that one peer may run at once; more are reset. Default 16.</summary>
    public int MaxInboundStreamsPerPeer { get; set; } = 16;

    /// <summary>Throws where a value makes no sense.</summary>
    /// <exception cref="ArgumentOutOfRangeException">With the option's name.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(MaxDuration, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxInboundStreamsPerPeer);
    }
}
