using Microsoft.Extensions.Logging;

namespace Libp2p.Muxers;

/// <summary>What the muxers log: events 300 to 319.</summary>
internal static partial class MuxerLog
{
    [LoggerMessage(300, LogLevel.Debug, "Session with {Peer} ended: {Reason}")]
    public static partial void Ended(ILogger logger, PeerId peer, CloseReason reason);

    [LoggerMessage(301, LogLevel.Warning, "Stream {Stream} of {Peer} reset: unread data reached {Limit} bytes")]
    public static partial void FullestReset(ILogger logger, PeerId peer, long stream, long limit);
}
