using Microsoft.Extensions.Logging;

namespace Libp2p.Muxers;

/// <summary>What the muxers log: events 300 to 319.</summary>
internal static partial class MuxerLog
{
    [LoggerMessage(300, LogLevel.Debug, "Session with {Peer} ended: {Reason}")]
    public static partial void Ended(ILogger logger, PeerId peer, CloseReason reason);

    [LoggerMessage(301, LogLevel.Warning, "Stream {Stream} of {Peer} reset: unread data reached {Limit} bytes")]
    public static partial void FullestReset(ILogger logger, PeerId peer, long stream, long limit);

    [LoggerMessage(302, LogLevel.Warning, "Stream {Stream} of {Peer} reset: it was full, and nobody read it for {Seconds:0} s while all others waited")]
    public static partial void FullReset(ILogger logger, PeerId peer, long stream, double seconds);

    [LoggerMessage(303, LogLevel.Warning, "This node speaks mplex, which has no flow control: one stream that is not read holds up all others of its connection. It is for peers that have nothing else")]
    public static partial void MplexEnabled(ILogger logger);
}
