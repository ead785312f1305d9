using Libp2p.Protocols.Ping;

namespace Libp2p;

/// <summary>Pings from a node that has <see cref="PingService"/>.</summary>
public static class PingNodeExtensions
{
    /// <summary>Connects to an address where needed, and measures one round trip on a stream.</summary>
    /// <exception cref="DialException">It could not be reached; it says why.</exception>
    /// <exception cref="InvalidOperationException">The node has no ping service.</exception>
    public static async ValueTask<TimeSpan> PingAsync(this Libp2pNode node, Multiaddress address, CancellationToken cancellationToken = default)
    {
        var connection = await node.ConnectAsync(address, cancellationToken).ConfigureAwait(false);
        return await node.PingAsync(connection.RemotePeer, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Connects to a peer where needed, and measures one round trip on a stream.</summary>
    /// <exception cref="DialException">It could not be reached; it says why.</exception>
    /// <exception cref="InvalidOperationException">The node has no ping service.</exception>
    public static ValueTask<TimeSpan> PingAsync(this Libp2pNode node, PeerId peer, CancellationToken cancellationToken = default) =>
        node.Get<PingService>().PingAsync(peer, cancellationToken);
}
