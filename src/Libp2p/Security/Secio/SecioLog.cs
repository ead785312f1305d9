using Microsoft.Extensions.Logging;

namespace Libp2p.Security.Secio;

/// <summary>What SECIO logs: events 350 to 359.</summary>
internal static partial class SecioLog
{
    [LoggerMessage(350, LogLevel.Warning, "This node speaks SECIO, which libp2p gave up in 2020: frames can be dropped or put in another order unseen, and whoever is on the way can lead other connections here. It is for peers that have nothing better")]
    public static partial void Enabled(ILogger logger);

    [LoggerMessage(351, LogLevel.Debug, "{Peer} proved its identity; agreed on {Suite}")]
    public static partial void Proven(ILogger logger, PeerId peer, SecioSuite suite);

    [LoggerMessage(352, LogLevel.Warning, "The connection with {Peer} was ended. {Reason}")]
    public static partial void Refused(ILogger logger, PeerId peer, string reason);
}
