using Libp2p;

namespace Tincan.Chat;

/// <summary>The bounds of direct messages, by whatever protocol.</summary>
internal sealed class DirectChatOptions
{
    /// <summary>Bytes of a message. Default 64 KiB.</summary>
    public int MaxBytes { get; set; } = ChatLimits.MaxDirectBytes;

    /// <summary>From a message's first byte, or the end of ours, to the end of what the other side sends; absolute. Default 10 s.</summary>
    public TimeSpan ReadTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Messages of one sender that are read at once; more are reset. Default 32.</summary>
    public int MaxInboundStreamsPerPeer { get; set; } = 32;

    /// <summary>A peer has not said in time that it has read a message.</summary>
    public Libp2pException Unconfirmed(PeerId peer, Exception cause) =>
        new(Libp2pError.Timeout, $"{peer} did not confirm a message within {ReadTimeout.TotalSeconds:0} s: it may have arrived or not", cause);

    /// <summary>A peer has begun a message and not ended it in time.</summary>
    public Libp2pException TooSlow() => new(Libp2pError.Timeout, $"A direct message did not end within {ReadTimeout.TotalSeconds:0} s.");
}
