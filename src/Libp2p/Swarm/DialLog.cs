using Microsoft.Extensions.Logging;

namespace Libp2p.Swarm;

/// <summary>What dialling logs: events 120 to 129.</summary>
internal static partial class DialLog
{
    [LoggerMessage(120, LogLevel.Debug, "Dialling {Address} by {Transport}")]
    public static partial void Started(ILogger logger, Multiaddress address, string transport);

    [LoggerMessage(121, LogLevel.Debug, "Attempt at {Address} ended: {Outcome} ({Cause})")]
    public static partial void Ended(ILogger logger, Multiaddress address, AttemptOutcome outcome, string cause);

    [LoggerMessage(122, LogLevel.Warning, "A connection that came too late, from {Address}, did not close in good order")]
    public static partial void CloseFailed(ILogger logger, Multiaddress address, Exception exception);

    [LoggerMessage(123, LogLevel.Error, "An observer of dial attempts threw")]
    public static partial void ObserverFailed(ILogger logger, Exception exception);

    [LoggerMessage(124, LogLevel.Warning, "Cancelling the attempt at {Address} threw within its transport")]
    public static partial void CancelFailed(ILogger logger, Multiaddress address, Exception exception);
}
