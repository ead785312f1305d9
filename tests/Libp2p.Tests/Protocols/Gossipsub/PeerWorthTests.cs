using Libp2p.Protocols.Gossipsub;
using Libp2p.Protocols.Identify;
using Libp2p.Tests.Support;

namespace Libp2p.Tests.Protocols.Gossipsub;

public sealed class PeerWorthTests : IAsyncDisposable
{
    private readonly TestNodes _nodes = new();

    public ValueTask DisposeAsync() => _nodes.DisposeAsync();

    [Fact]
    public async Task A_peer_is_worth_more_with_each_mesh_that_it_is_in_and_no_more_when_it_leaves()
    {
        var (a, b) = (new GossipsubService(), new GossipsubService());
        var (nodeA, nodeB) = (await _nodes.StartAsync(new IdentifyService(), a), await _nodes.StartAsync(new IdentifyService(), b));
        using var first = a.Subscribe("first");
        using var second = a.Subscribe("second");
        var there = b.Subscribe("first");
        using var also = b.Subscribe("second");
        await nodeA.DialAsync(nodeB);
        await UntilAsync(() => Worth() == 2 * PeerWorth.OfMesh);
        there.Dispose();
        await UntilAsync(() => Worth() == PeerWorth.OfMesh);
        second.Dispose();
        await UntilAsync(() => Worth() == 0);
        Assert.False(nodeA.ConnectionTags.IsProtected(nodeB.Identity.PeerId));

        int Worth() => nodeA.ConnectionTags.WorthOf(nodeB.Identity.PeerId);
    }

    [Fact]
    public async Task Direct_peers_are_protected()
    {
        using var friend = Identity.Generate();
        var options = new GossipsubOptions();
        options.DirectPeers.Add(friend.PeerId);
        var node = await _nodes.StartAsync(new GossipsubService(options));
        Assert.True(node.ConnectionTags.IsProtected(friend.PeerId));
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        var patience = TestNodes.Patience;
        while (!condition())
            await Task.Delay(5, patience);
    }
}
