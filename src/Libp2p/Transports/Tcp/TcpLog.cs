using Microsoft.Extensions.Logging;

namespace Libp2p.Transports.Tcp;

/// <summary>What the TCP transport logs: events 100 to 119.</summary>
internal static partial class TcpLog
{
    [LoggerMessage(100, LogLevel.Warning, "Accepting on {Address} failed: {Cause}")]
    public static partial void AcceptFailed(ILogger logger, Multiaddress address, string cause);
}
