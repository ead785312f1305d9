using Microsoft.Extensions.Logging;

namespace Libp2p.Security.Plaintext;

/// <summary>What plaintext logs: events 340 to 349.</summary>
internal static partial class PlaintextLog
{
    [LoggerMessage(340, LogLevel.Warning, "This node speaks plaintext: whoever is on the way can read and change all that passes, claim to be any peer, and lead other connections here. Use it for tests and on trusted links only")]
    public static partial void Enabled(ILogger logger);
}
