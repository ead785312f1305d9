using Microsoft.Extensions.Logging;

namespace Libp2p.Names;

/// <summary>What looking names up logs: events 140 to 149.</summary>
internal static partial class NamesLog
{
    [LoggerMessage(140, LogLevel.Debug, "The server of names {Server} did not answer for {Name}: {Cause}")]
    public static partial void ServerFailed(ILogger logger, string server, string name, string cause);
}
