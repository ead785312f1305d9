using Microsoft.Extensions.Logging;

namespace Libp2p.Protocols.Gossipsub;

/// <summary>What gossipsub logs: events 440 to 459.</summary>
internal static partial class GossipsubLog
{
    [LoggerMessage(440, LogLevel.Debug, "{Peer} speaks {Protocol}")]
    public static partial void PeerAdded(ILogger logger, PeerId peer, ProtocolId protocol);

    [LoggerMessage(441, LogLevel.Debug, "{Peer} cannot be sent to: {Cause}")]
    public static partial void NotOpened(ILogger logger, PeerId peer, string cause);

    [LoggerMessage(442, LogLevel.Error, "The validator of topic {Topic} failed; the message is ignored")]
    public static partial void ValidatorFailed(ILogger logger, string topic, Exception exception);

    [LoggerMessage(443, LogLevel.Debug, "{Peer} cannot be connected to: {Cause}")]
    public static partial void ConnectFailed(ILogger logger, PeerId peer, string cause);

    [LoggerMessage(444, LogLevel.Error, "Gossipsub failed on this side")]
    public static partial void Failed(ILogger logger, Exception exception);
}
