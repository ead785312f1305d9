using System.Collections.Concurrent;
using Libp2p.Protocols.Identify;
using Libp2p.Testing;
using Libp2p.Tests.Support;
using Libp2p.Tests.Swarm;

namespace Libp2p.Tests.Protocols.Identify;

public class PushSenderTests
{
    // The clock runs ahead of the network here: a deadline would pass before what it guards had a chance.
    static IdentifyOptions Patient => new() { ReadTimeout = TimeSpan.FromDays(20) };

    [Fact]
    public async Task Changes_that_come_together_are_pushed_together()
    {
        await using var nodes = new TestNodes();
        var time = new ManualTimeProvider();
        var (node, pushes) = await StartWithPeerAsync(nodes, time);

        for (var i = 1; i <= 50; i++)
            node.Handle($"/new/{i}", (_, _) => Task.CompletedTask);
        var pushed = await NextAsync(pushes, time);

        Assert.Equal(50, pushed.Protocols!.Count(p => p.ToString().StartsWith("/new/", StringComparison.Ordinal)));
        for (var i = 0; i < 20; i++)
            time.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(pushes);
    }

    [Fact]
    public async Task Pushes_keep_to_the_rate_that_others_take()
    {
        await using var nodes = new TestNodes();
        var time = new ManualTimeProvider();
        var (node, pushes) = await StartWithPeerAsync(nodes, time);
        var start = time.Elapsed;

        for (var i = 1; i <= 13; i++)
        {
            node.ConfirmAddress(Peers.Public(i));
            while (!(await NextAsync(pushes, time)).ListenAddresses!.Contains(Peers.Public(i)))
            {
            }
        }

        // Ten at once, and three more at one in five seconds.
        Assert.True(time.Elapsed - start >= TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_peer_that_does_not_take_pushes_gets_none()
    {
        await using var nodes = new TestNodes();
        var time = new ManualTimeProvider();
        var node = await nodes.StartAsync(new IdentifyService(Patient, time));
        var peer = await nodes.StartAsync(new IdentifyService());
        var mute = await nodes.StartAsync(new IdentifyService());
        var (atNode, events) = (node.WatchAsync(), mute.WatchAsync());
        await mute.DialAsync(node);
        await events.FirstAsync<PeerIdentified>();
        await atNode.FirstAsync<PeerIdentified>();
        var isAsked = false;
        await node.PeerStore.UpdateAsync(mute.Identity.PeerId, [IdentifyService.Protocol], null, null, null);
        var atMute = mute.WatchAsync();
        var pushed = Task.Run(async () => isAsked = await atMute.FirstAsync<PeerIdentified>() is not null);

        // The other one shows that the round was over.
        var pushes = await WatchPushesAsync(node, peer);
        node.ConfirmAddress(Peers.Public(1));
        await NextAsync(pushes, time);

        Assert.False(isAsked);
        Assert.False(pushed.IsCompleted);
    }

    static async Task<(Libp2pNode Node, ConcurrentQueue<IdentifyClaims> Pushes)> StartWithPeerAsync(TestNodes nodes, TimeProvider time)
    {
        var node = await nodes.StartAsync(new IdentifyService(Patient, time));
        var peer = await nodes.StartAsync(new IdentifyService(new IdentifyOptions { PushBurst = 1000 }));
        return (node, await WatchPushesAsync(node, peer));
    }

    /// <summary>Connects, waits until each has identified the other, and then collects what is pushed to the peer.</summary>
    static async Task<ConcurrentQueue<IdentifyClaims>> WatchPushesAsync(Libp2pNode node, Libp2pNode peer)
    {
        var (atNode, atPeer) = (node.WatchAsync(), peer.WatchAsync());
        await peer.DialAsync(node);
        await atNode.FirstAsync<PeerIdentified>(e => e.Peer == peer.Identity.PeerId);
        await atPeer.FirstAsync<PeerIdentified>();
        var pushes = new ConcurrentQueue<IdentifyClaims>();
        var events = peer.WatchAsync();
        _ = Task.Run(async () =>
        {
            await foreach (var nodeEvent in events)
            {
                if (nodeEvent is PeerIdentified { ObservedAddress: null } pushed)
                    pushes.Enqueue(new IdentifyClaims { Protocols = pushed.Info.Protocols, ListenAddresses = pushed.Info.Addresses });
            }
        });
        return pushes;
    }

    /// <summary>Lets time pass in small steps until a push has come.</summary>
    static async Task<IdentifyClaims> NextAsync(ConcurrentQueue<IdentifyClaims> pushes, ManualTimeProvider time)
    {
        var patience = TestNodes.Patience;
        IdentifyClaims? pushed;
        while (!pushes.TryDequeue(out pushed))
        {
            patience.ThrowIfCancellationRequested();
            time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }
        return pushed;
    }
}
