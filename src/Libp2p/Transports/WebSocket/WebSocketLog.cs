using Microsoft.Extensions.Logging;

namespace Libp2p.Transports.WebSocket;

/// <summary>What WebSocket logs: events 150 to 159.</summary>
internal static partial class WebSocketLog
{
    [LoggerMessage(150, LogLevel.Warning, "The certificate {File} has changed and cannot be loaded; the one before it stays in use: {Cause}")]
    public static partial void CertificateNotLoaded(ILogger logger, string file, string cause);
}
