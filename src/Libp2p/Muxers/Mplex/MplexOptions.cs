namespace Libp2p.Muxers.Mplex;

/// <summary>The bounds of mplex. Each is per connection.</summary>
public sealed class MplexOptions
{
    /// <summary>The most data of a message that is accepted, in bytes. Default 1 MiB, which is the specification's limit and the most that is allowed here.</summary>
    public int MaxMessage { get; set; } = 1024 * 1024;

    /// <summary>The most streams that the other side may have open; more are reset. Default 128.</summary>
    public int MaxInboundStreams { get; set; } = 128;

    /// <summary>The most messages that a stream may hold unread. Default 32.</summary>
    public int MaxUnreadMessages { get; set; } = 32;

    /// <summary>The most bytes that a stream may hold unread. Default 4 MiB.</summary>
    public int MaxUnread { get; set; } = 4 * 1024 * 1024;

    /// <summary>
    /// How long the whole connection waits when more comes for a stream that is full; then the stream is reset. The protocol has no
    /// other way to hold a sender back. Default 5 s.
    /// </summary>
    public TimeSpan FullTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The most that all streams together may hold unread, in bytes of rented memory; beyond it the fullest stream is reset. Default 32 MiB.</summary>
    public long MaxBuffered { get; set; } = 32 * 1024 * 1024;

    /// <summary>How many streams a second the other side may open and reset before any answer, after the burst. Default 100.</summary>
    public int AbandonedStreamsPerSecond { get; set; } = 100;

    /// <summary>The burst of <see cref="AbandonedStreamsPerSecond"/>. Default 1,000.</summary>
    public int AbandonedStreamsBurst { get; set; } = 1000;

    /// <summary>The most data of a message that is sent, in bytes. Default 65,507: with its header it fills one Noise frame.</summary>
    public int MaxMessageSent { get; set; } = 65_507;

    /// <summary>How long a write to the link may take. Default 10 s, which is longer than the other side may be full.</summary>
    public TimeSpan WriteTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the other side may go on sending to a stream that nobody here reads any more, before it is reset. Default 60 s.</summary>
    public TimeSpan Linger { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Throws where the values contradict the specification or each other.</summary>
    /// <exception cref="ArgumentOutOfRangeException">With the option's name.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxMessage);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxMessage, 1024 * 1024);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxInboundStreams);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxUnreadMessages);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxUnread, MaxMessage);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxBuffered, MaxUnread);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(FullTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(AbandonedStreamsPerSecond);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(AbandonedStreamsBurst);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxMessageSent);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxMessageSent, 65_507);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(WriteTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Linger, TimeSpan.Zero);
    }
}
