using Microsoft.Extensions.Logging;

namespace Libp2p.Reconnection;

/// <summary>What keeping peers logs: events 240 to 249.</summary>
internal static partial class KeepAliveLog
{
    [LoggerMessage(240, LogLevel.Debug, "Dialling {Peer} again")]
    public static partial void Dialling(ILogger logger, PeerId peer);

    [LoggerMessage(241, LogLevel.Debug, "{Peer} could not be reached: {Cause}")]
    public static partial void NotReached(ILogger logger, PeerId peer, string cause);

    [LoggerMessage(242, LogLevel.Information, "Connected to {Peer} again")]
    public static partial void Reached(ILogger logger, PeerId peer);
}
