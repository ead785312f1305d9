using Microsoft.Extensions.Logging;

namespace Libp2p.Protocols.Identify;

/// <summary>What identify logs: events 400 to 419.</summary>
internal static partial class IdentifyLog
{
    [LoggerMessage(400, LogLevel.Debug, "{Peer} did not say what it is: {Cause}")]
    public static partial void NotIdentified(ILogger logger, PeerId peer, string cause);

    [LoggerMessage(401, LogLevel.Error, "Identifying {Peer} failed on this side")]
    public static partial void Failed(ILogger logger, PeerId peer, Exception exception);

    [LoggerMessage(402, LogLevel.Warning, "{Peer} says that its key is another than the one it has proven; what it says is ignored")]
    public static partial void KeyMismatch(ILogger logger, PeerId peer);

    [LoggerMessage(403, LogLevel.Debug, "The peer record that {Peer} sent is ignored: {Cause}")]
    public static partial void RecordIgnored(ILogger logger, PeerId peer, string cause);

    [LoggerMessage(404, LogLevel.Debug, "A change could not be pushed to {Peer}: {Cause}")]
    public static partial void NotPushed(ILogger logger, PeerId peer, string cause);

    [LoggerMessage(405, LogLevel.Warning, "This node serves {Protocols} protocols and tells {Told} of them: the identify message has no room for more")]
    public static partial void ProtocolsLeftOut(ILogger logger, int protocols, int told);

    [LoggerMessage(406, LogLevel.Information, "Found to be reachable at {Address}")]
    public static partial void AddressConfirmed(ILogger logger, Multiaddress address);

    [LoggerMessage(407, LogLevel.Information, "No longer found to be reachable at {Address}")]
    public static partial void AddressRetracted(ILogger logger, Multiaddress address);
}
