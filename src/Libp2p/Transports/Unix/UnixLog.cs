using Microsoft.Extensions.Logging;

namespace Libp2p.Transports.Unix;

/// <summary>What Unix sockets log: events 160 to 169.</summary>
internal static partial class UnixLog
{
    [LoggerMessage(160, LogLevel.Warning, "Accepting on {Address} failed: {Cause}")]
    public static partial void AcceptFailed(ILogger logger, Multiaddress address, string cause);
}
