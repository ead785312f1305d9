using Microsoft.Extensions.Logging;

namespace Libp2p.Sqlite;

/// <summary>What the peer store that persists logs: events 520 to 529.</summary>
internal static partial class SqlitePeerStoreLog
{
    [LoggerMessage(520, LogLevel.Warning, "What changed in the peer store {Path} could not be written down; it is tried again")]
    public static partial void WriteFailed(ILogger logger, string path, Exception exception);

    [LoggerMessage(521, LogLevel.Warning, "The peer store {Path} was damaged and is kept as {Kept}; a fresh one was begun")]
    public static partial void Replaced(ILogger logger, string path, string kept);
}
