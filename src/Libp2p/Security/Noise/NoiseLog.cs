using Microsoft.Extensions.Logging;

namespace Libp2p.Security.Noise;

/// <summary>What noise logs: events 320 to 339.</summary>
internal static partial class NoiseLog
{
    [LoggerMessage(320, LogLevel.Debug, "{Peer} proved its identity; the muxer agreed on within the handshake: {Muxer}")]
    public static partial void Proven(ILogger logger, PeerId peer, ProtocolId? muxer);

    [LoggerMessage(321, LogLevel.Warning, "The connection with {Peer} was ended. {Reason}")]
    public static partial void Refused(ILogger logger, PeerId peer, string reason);
}
