using Libp2p.Reconnection;
using Libp2p.Testing.Simulation;
using Libp2p.Tests.Support;

namespace Libp2p.Tests.Reconnection;

/// <summary>Whole nodes in virtual time.</summary>
[Collection(AloneCollection.Name)]
public class KeepAliveServiceTests
{
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    static readonly TimeSpan Step = TimeSpan.FromMilliseconds(250);

    readonly SimulatedNetwork _network = new();

    [Fact]
    public async Task A_kept_peer_is_dialled_until_it_is_there_and_again_when_it_is_lost()
    {
        var friend = await StartAsync("friend", Identity.Generate());
        var node = await StartAsync("node", Identity.Generate(), b => b.AddKeepAlive());
        var service = node.Get<KeepAliveService>();
        _network.Partition(["friend"], ["node"]);

        await service.AddAsync(friend.Identity.PeerId, [friend.ListenAddresses[0]]);
        Assert.Equal([friend.Identity.PeerId], service.Peers);
        Assert.True(node.ConnectionTags.IsProtected(friend.Identity.PeerId));
        await _network.RunAsync(TimeSpan.FromSeconds(10), Step);
        Assert.Empty(node.Peers);

        _network.Heal();
        var events = node.WatchAsync();
        await _network.RunUntilAsync(events.FirstAsync<PeerConnected>(), Limit, Step);

        events = node.WatchAsync();
        _network.Kill("friend", "node");
        await _network.RunUntilAsync(events.FirstAsync<PeerConnected>(), Limit, Step);

        service.Remove(friend.Identity.PeerId);
        Assert.False(node.ConnectionTags.IsProtected(friend.Identity.PeerId));
        _network.Kill("friend", "node");
        await _network.RunAsync(TimeSpan.FromSeconds(10), Step);
        Assert.Empty(node.Peers);
        await StopAsync(node, friend);
    }

    [Fact]
    public async Task More_than_the_bound_are_not_kept()
    {
        var node = await StartAsync("node", Identity.Generate(), b => b.AddKeepAlive(new() { MaxPeers = 1 }));
        var service = node.Get<KeepAliveService>();
        await service.AddAsync(Identity.Generate().PeerId);
        var failure = await Assert.ThrowsAsync<Libp2pException>(async () => await service.AddAsync(Identity.Generate().PeerId));
        Assert.Equal(Libp2pError.LimitReached, failure.Error);
        await service.AddAsync(service.Peers[0]);
        await StopAsync(node);
    }

    Task<Libp2pNode> StartAsync(string name, Identity identity, Action<NodeBuilder>? configure = null)
    {
        var builder = Libp2pNode.CreateBuilder().UseIdentity(identity)
            .Use(ILinkTransport (c) => _network.CreateTransport(name, c.Pool)).UseNoise().UseYamux().UseTimeProvider(_network.Time).Listen("/memory/0");
        configure?.Invoke(builder);
        return builder.StartAsync();
    }

    Task StopAsync(params Libp2pNode[] nodes) => _network.RunUntilAsync(Task.WhenAll(nodes.Select(n => n.DisposeAsync().AsTask())), Limit, Step);
}
