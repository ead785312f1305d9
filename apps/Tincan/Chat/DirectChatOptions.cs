namespace Tincan.Chat;

/// <summary>The bounds of direct messages.</summary>
internal sealed class DirectChatOptions
{
    /// <summary>Messages a second that one sender may send. Default 20.</summary>
    public double MessagesPerSecond { get; set; } = 20;

    /// <summary>Messages that one sender may send at once after a pause. Default 100.</summary>
    public double Burst { get; set; } = 100;

    /// <summary>Bytes of a message. Default 64 KiB.</summary>
    public int MaxBytes { get; set; } = ChatLimits.MaxDirectBytes;

    /// <summary>From a message's first byte, or the end of ours, to the end of what the other side sends; absolute. Default 10 s.</summary>
    public TimeSpan ReadTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Messages of one sender that are read at once; more are reset. Default 32.</summary>
    public int MaxInboundStreamsPerPeer { get; set; } = 32;
}
