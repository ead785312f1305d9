namespace Libp2p.Stores;

/// <summary>Tells the peer store who is connected, and at which addresses a dial worked. It watches the node as every service does.</summary>
internal sealed class ConnectedPeers : INodeService
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly HashSet<PeerId> _connected = [];
    private Task _watching = Task.CompletedTask;

    public ValueTask StartAsync(INode node, CancellationToken cancellationToken)
    {
        _watching = WatchAsync(node, node.WatchAsync(_stopping.Token));
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _watching.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task WatchAsync(INode node, IAsyncEnumerable<NodeEvent> events)
    {
        await foreach (var nodeEvent in events.ConfigureAwait(false))
        {
            switch (nodeEvent)
            {
                case ConnectionOpened { Connection: { Role: Role.Dialer } connection }:
                    await node.PeerStore.AddAddressesAsync(connection.RemotePeer, [connection.RemoteAddress], AddressTrust.Recent).ConfigureAwait(false);
                    break;
                case PeerConnected connected:
                    await SetAsync(node, connected.Peer, isConnected: true).ConfigureAwait(false);
                    break;
                case PeerDisconnected disconnected:
                    await SetAsync(node, disconnected.Peer, isConnected: false).ConfigureAwait(false);
                    break;
                case EventsMissed:
                    await ReconcileAsync(node).ConfigureAwait(false);
                    break;
            }
        }
    }

    private ValueTask SetAsync(INode node, PeerId peer, bool isConnected)
    {
        if (isConnected)
            _connected.Add(peer);
        else
            _connected.Remove(peer);
        return node.PeerStore.SetConnectedAsync(peer, isConnected);
    }

    // Events that come after this and were made before it may tell of a state that is over; the last of them is true again.
    private async ValueTask ReconcileAsync(INode node)
    {
        var present = node.Peers;
        foreach (var gone in _connected.Except(present).ToArray())
            await SetAsync(node, gone, isConnected: false).ConfigureAwait(false);
        foreach (var peer in present)
            await SetAsync(node, peer, isConnected: true).ConfigureAwait(false);
    }
}
