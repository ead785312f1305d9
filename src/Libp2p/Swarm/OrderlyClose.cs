using Microsoft.Extensions.Logging;

namespace Libp2p.Swarm;

/// <summary>Closes a connection that nobody waits for.</summary>
internal static class OrderlyClose
{
    /// <summary>Says goodbye; never throws, whatever the transport does.</summary>
    public static async Task RunAsync(PeerConnection connection, CloseReason reason, ILogger logger)
    {
        try
        {
            await connection.CloseAsync(reason).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            SwarmLog.CloseFailed(logger, connection.Info, e);
        }
    }
}
