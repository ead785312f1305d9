namespace Libp2p.Muxers.Yamux;

/// <summary>The bounds of yamux. Each is per connection.</summary>
public sealed class YamuxOptions
{
    /// <summary>The window that every stream begins with, fixed by the specification: 256 KiB.</summary>
    public const int InitialWindow = 256 * 1024;

    /// <summary>The most that a stream's receive window grows to, in bytes, as the measured round trip asks for. Default 16 MiB.</summary>
    public int MaxWindow { get; set; } = 16 * 1024 * 1024;

    /// <summary>The most that all streams together may hold unread, in bytes of rented memory; beyond it the fullest stream is reset. Default 32 MiB.</summary>
    public long MaxBuffered { get; set; } = 32 * 1024 * 1024;

    /// <summary>The most streams that the other side may have open; more are reset. Default 512.</summary>
    public int MaxInboundStreams { get; set; } = 512;

    /// <summary>The most streams that the other side may have opened and nobody here has accepted, and that this side opens before the other has acknowledged any. Default 256.</summary>
    public int MaxUnacknowledged { get; set; } = 256;

    /// <summary>How many streams a second the other side may open and reset before any answer, after the burst. Default 100.</summary>
    public int AbandonedStreamsPerSecond { get; set; } = 100;

    /// <summary>The burst of <see cref="AbandonedStreamsPerSecond"/>. Default 1,000.</summary>
    public int AbandonedStreamsBurst { get; set; } = 1000;

    /// <summary>The most answers to pings that wait to be sent; further pings go unanswered until there is room. Default 32.</summary>
    public int MaxQueuedPongs { get; set; } = 32;

    /// <summary>The largest payload of a frame that is sent, in bytes. Default 65,507: with its header it fills one Noise frame.</summary>
    public int MaxFramePayload { get; set; } = 65_507;

    /// <summary>How long a connection may be silent before it is probed with a ping; the answer must come within the same time. Default 15 s.</summary>
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a write to the link may take. Default 10 s.</summary>
    public TimeSpan WriteTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the other side may go on sending to a stream that nobody here reads any more, before it is reset. Default 60 s.</summary>
    public TimeSpan Linger { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Throws where the values contradict the specification or each other.</summary>
    /// <exception cref="ArgumentOutOfRangeException">With the option's name.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxWindow, InitialWindow);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxBuffered, InitialWindow);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxInboundStreams);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxUnacknowledged);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(AbandonedStreamsPerSecond);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(AbandonedStreamsBurst);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxQueuedPongs);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxFramePayload);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxFramePayload, 64 * 1024);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(KeepAlive, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(WriteTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Linger, TimeSpan.Zero);
    }
}
