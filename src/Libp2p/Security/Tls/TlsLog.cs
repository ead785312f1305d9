using Microsoft.Extensions.Logging;

namespace Libp2p.Security.Tls;

/// <summary>What TLS logs: events 360 to 379.</summary>
internal static partial class TlsLog
{
    [LoggerMessage(360, LogLevel.Debug, "{Peer} proved its identity; the muxer agreed on within the handshake: {Muxer}")]
    public static partial void Proven(ILogger logger, PeerId peer, ProtocolId? muxer);

    [LoggerMessage(361, LogLevel.Warning, "The connection with {Peer} was ended. {Reason}")]
    public static partial void Refused(ILogger logger, PeerId peer, string reason);
}
