using Microsoft.Extensions.Logging;

namespace Libp2p.Swarm;

/// <summary>What the swarm logs: events 200 to 239.</summary>
internal static partial class SwarmLog
{
    [LoggerMessage(200, LogLevel.Debug, "Refused a link from {Address}: it comes too fast, or a gater denies it")]
    public static partial void AcceptRefused(ILogger logger, Multiaddress address);

    [LoggerMessage(201, LogLevel.Debug, "Gave up on a link from {Address}: {Cause}")]
    public static partial void UpgradeTimedOut(ILogger logger, Multiaddress address, string cause);

    [LoggerMessage(202, LogLevel.Debug, "A link from {Address} could not be upgraded: {Cause}")]
    public static partial void UpgradeFailed(ILogger logger, Multiaddress address, string cause);

    [LoggerMessage(203, LogLevel.Debug, "Connected: {Connection}")]
    public static partial void Connected(ILogger logger, ConnectionInfo connection);

    [LoggerMessage(204, LogLevel.Debug, "Connection {Connection} ended: {Reason}")]
    public static partial void Disconnected(ILogger logger, ConnectionInfo connection, CloseReason reason);

    [LoggerMessage(205, LogLevel.Debug, "Connection {Connection} was not admitted: {Reason}")]
    public static partial void NotAdmitted(ILogger logger, ConnectionInfo connection, CloseReason reason);

    [LoggerMessage(206, LogLevel.Debug, "A stream of {Peer} was refused: {Cause}")]
    public static partial void StreamRefused(ILogger logger, PeerId peer, string cause);

    [LoggerMessage(207, LogLevel.Warning, "The handler of {Protocol} failed for {Peer}; its stream was reset")]
    public static partial void HandlerFailed(ILogger logger, ProtocolId protocol, PeerId peer, Exception exception);

    [LoggerMessage(208, LogLevel.Debug, "The stream of {Protocol} with {Peer} ended early: {Cause}")]
    public static partial void StreamEndedEarly(ILogger logger, ProtocolId protocol, PeerId peer, string cause);

    [LoggerMessage(209, LogLevel.Information, "Listening on {Address}")]
    public static partial void Listening(ILogger logger, Multiaddress address);

    [LoggerMessage(210, LogLevel.Error, "A service failed while it stopped")]
    public static partial void ServiceStopFailed(ILogger logger, Exception exception);

    [LoggerMessage(211, LogLevel.Warning, "{Count} stream handlers did not end in time; their streams are reset")]
    public static partial void HandlersLeft(ILogger logger, int count);

    [LoggerMessage(212, LogLevel.Error, "The peer store did not take what a connection taught")]
    public static partial void PeerStoreFailed(ILogger logger, Exception exception);

    [LoggerMessage(213, LogLevel.Debug, "Closing {Connection}: {Reason}")]
    public static partial void Pruning(ILogger logger, ConnectionInfo connection, CloseReason reason);

    [LoggerMessage(214, LogLevel.Warning, "{Connection} did not close in good order")]
    public static partial void CloseFailed(ILogger logger, ConnectionInfo connection, Exception exception);

    [LoggerMessage(215, LogLevel.Information, "This machine's network has {Change}: {Addresses}")]
    public static partial void NetworkChanged(ILogger logger, string change, string addresses);

    [LoggerMessage(216, LogLevel.Warning, "The interfaces of this machine cannot be read: a change of addresses may go unnoticed")]
    public static partial void InterfacesUnreadable(ILogger logger, Exception exception);

    [LoggerMessage(217, LogLevel.Warning, "{Connection} could not be tested")]
    public static partial void ProbeFailed(ILogger logger, ConnectionInfo connection, Exception exception);
}
