using Libp2p.Protocols.Gossipsub;

namespace Libp2p.Tests.Protocols.Gossipsub;

public sealed class GossipsubMachineMeshTests
{
    private const string Topic = MachineHarness.Topic;

    [Fact]
    public void A_new_peer_is_told_the_subscriptions()
    {
        var h = new MachineHarness();
        h.Join();
        h.AddPeers(1, 1);
        Assert.Equal([new SubscriptionChange(Topic, true)], h.SentTo(1).First().Subscriptions);
    }

    [Fact]
    public void Joining_grafts_as_many_as_the_degree()
    {
        var h = new MachineHarness();
        h.AddPeers(1, 20);
        h.Join();
        Assert.Equal(6, h.Grafted().Count());
        Assert.Equal(h.Grafted().Order(), h.Mesh().Order());
        Assert.Equal(20, h.Sent(c => c.Subscriptions.Contains(new(Topic, true))).Count());
    }

    [Fact]
    public void Whoever_subscribes_is_grafted_at_once_up_to_the_degree()
    {
        var h = new MachineHarness();
        h.Join();
        h.AddPeers(1, 10);
        Assert.Equal([1, 2, 3, 4, 5, 6], h.Mesh().Order());
    }

    [Fact]
    public void Peers_of_floodsub_and_direct_peers_are_in_no_mesh()
    {
        var h = new MachineHarness(o => o.DirectPeers.Add(MachineHarness.Id(2)));
        h.Join();
        h.AddPeers(1, 1, GossipsubVersion.Floodsub);
        h.AddPeers(2, 1);
        h.Pass(TimeSpan.FromSeconds(3));
        Assert.Empty(h.Mesh());
        var message = h.Message();
        h.AddPeers(3, 1);
        h.Receive(3, message);
        Assert.Equal([1, 2], h.Recipients(message).Order());
    }

    [Fact]
    public void The_heartbeat_keeps_the_mesh_between_its_degrees()
    {
        var h = new MachineHarness(o => o.FloodPublish = false);
        h.Join();
        h.AddPeers(1, 30);
        for (var i = 7; i <= 30; i++)
            h.Receive(i, c => c.Graft.Add(Topic));
        // Beyond the high degree, only peers that this node connected to are let in.
        Assert.Equal(12, h.Mesh().Count);
        h.AddPeers(31, 2, isOutbound: true);
        h.Receive(31, c => c.Graft.Add(Topic));
        Assert.Equal(13, h.Mesh().Count);
        h.Clear();
        h.Pass(TimeSpan.FromSeconds(1));
        Assert.InRange(h.Mesh().Count, 6, 7);
        Assert.Contains(31, h.Mesh());
        Assert.All(h.Pruned(), p => Assert.DoesNotContain(p, h.Mesh()));
    }

    [Fact]
    public void A_mesh_above_its_degree_is_brought_back_to_it_within_a_minute()
    {
        var h = new MachineHarness();
        h.Join();
        h.AddPeers(1, 8);
        h.AddPeers(50, 2, isOutbound: true);
        foreach (var peer in new[] { 7, 8, 50, 51 })
            h.Receive(peer, c => c.Graft.Add(Topic));
        h.Pass(TimeSpan.FromSeconds(59));
        Assert.Equal(10, h.Mesh().Count);
        h.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(6, h.Mesh().Count);
        Assert.Subset(h.Mesh().ToHashSet(), new HashSet<int> { 50, 51 });
        Assert.Equal(4, h.Pruned().Count());
    }

    [Fact]
    public void The_best_stay_when_many_are_pruned()
    {
        var h = new MachineHarness();
        h.Join();
        h.AddPeers(1, 12);
        h.AddPeers(50, 1, isOutbound: true);
        foreach (var peer in Enumerable.Range(7, 6).Append(50))
            h.Receive(peer, c => c.Graft.Add(Topic));
        foreach (var good in new[] { 2, 5, 9, 11 })
        {
            for (var i = 0; i < 5; i++)
                h.Receive(good, h.Message());
        }
        h.Pass(TimeSpan.FromSeconds(1));
        Assert.Subset(h.Mesh().ToHashSet(), new HashSet<int> { 2, 5, 9, 11, 50 });
        Assert.InRange(h.Mesh().Count, 6, 7);
    }

    [Fact]
    public void A_pruned_peer_that_grafts_again_is_pruned_and_punished()
    {
        var h = new MachineHarness();
        h.Join();
        h.AddPeers(1, 1);
        h.Receive(1, c => c.Prune.Add(new(Topic, null, [])));
        Assert.Empty(h.Mesh());
        h.Clear();
        for (var i = 0; i < 3; i++)
            h.Receive(1, c => c.Graft.Add(Topic));
        Assert.Empty(h.Mesh());
        Assert.Equal([1, 1, 1], h.Pruned());
        Assert.True(h.Score(1) < 0, $"Its score is {h.Score(1)}.");
    }

    [Fact]
    public void A_pruned_peer_is_grafted_again_after_the_backoff()
    {
        var h = new MachineHarness();
        h.Join();
        h.AddPeers(1, 1);
        h.Receive(1, c => c.Prune.Add(new(Topic, 30, [])));
        h.Clear();
        h.Pass(TimeSpan.FromSeconds(30));
        Assert.Empty(h.Grafted());
        h.Pass(TimeSpan.FromSeconds(2));
        Assert.Equal([1], h.Grafted());
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(9_223_372_036_854_775_807)]
    [InlineData(922_337_203_685)]
    [InlineData(3_601)]
    public void A_backoff_of_any_length_is_an_hour_at_most(ulong seconds)
    {
        var h = new MachineHarness();
        h.Join();
        h.AddPeers(1, 1);
        h.Receive(1, c => c.Prune.Add(new(Topic, seconds, [])));
        h.Pass(TimeSpan.FromSeconds(90));
        h.Pass(TimeSpan.FromSeconds(3600 - 90));
        Assert.Empty(h.Mesh());
        h.Pass(TimeSpan.FromSeconds(3));
        Assert.Equal([1], h.Mesh());
    }

    [Fact]
    public void Leaving_prunes_with_the_shorter_backoff()
    {
        var h = new MachineHarness();
        h.Join();
        h.AddPeers(1, 1);
        h.AddPeers(2, 1, GossipsubVersion.V10);
        h.Clear();
        h.Do(new GossipsubInput.Left(Topic));
        Assert.Equal(10ul, h.SentTo(1).Single().Prune.Single().BackoffSeconds);
        // Version 1.0 knows no backoff.
        Assert.Null(h.SentTo(2).Single().Prune.Single().BackoffSeconds);
        Assert.Equal([1, 2], h.Sent(c => c.Subscriptions.Contains(new(Topic, false))).Order());
        h.Join();
        Assert.Empty(h.Mesh());
        h.Pass(TimeSpan.FromSeconds(12));
        Assert.Equal([1, 2], h.Mesh().Order());
    }

    [Fact]
    public void A_peer_below_zero_is_pruned()
    {
        var h = new MachineHarness();
        h.Join();
        h.AddPeers(1, 2);
        for (var i = 0; i < 5; i++)
            h.Do(new GossipsubInput.PeerMisbehaved(h.Peer(1)));
        h.Clear();
        h.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal([1], h.Pruned());
        Assert.Equal([2], h.Mesh());
        h.Receive(1, c => c.Graft.Add(Topic));
        Assert.Equal([2], h.Mesh());
    }

    [Fact]
    public void Of_a_graylisted_peer_nothing_is_taken()
    {
        var h = new MachineHarness();
        h.Join();
        h.AddPeers(1, 1);
        for (var i = 0; i < 20; i++)
            h.Do(new GossipsubInput.PeerMisbehaved(h.Peer(1)));
        Assert.False(h.Machine.Accepts(h.Peer(1)));
        h.Receive(1, c => c.Subscriptions.Add(new("other", true)));
        Assert.DoesNotContain(h.Machine.Describe().Topics, t => t.Name == "other");
    }

    [Fact]
    public void The_mesh_is_bettered_by_peers_above_its_median()
    {
        var h = new MachineHarness();
        h.Join();
        h.AddPeers(1, 6);
        h.AddPeers(7, 4);
        foreach (var good in new[] { 8, 10 })
        {
            for (var i = 0; i < 8; i++)
                h.Receive(good, h.Message());
        }
        h.Clear();
        h.Pass(TimeSpan.FromSeconds(60));
        Assert.Equal([8, 10], h.Grafted().Order());
    }

    [Fact]
    public void Peers_are_offered_with_their_records_and_taken_from_those_trusted()
    {
        var h = new MachineHarness(o => o.OfferPeers = true);
        h.Join();
        h.AddPeers(1, 13);
        for (var i = 1; i <= 10; i++)
            h.Do(new GossipsubInput.PeerIdentified(h.Peer(i), PubsubPeerKind.Specified, new byte[] { 1 }));
        for (var i = 7; i <= 12; i++)
            h.Receive(i, c => c.Graft.Add(Topic));
        h.Clear();
        h.Receive(13, c => c.Graft.Add(Topic));
        var offered = h.SentTo(13).Single().Prune.Single().Peers;
        Assert.Equal(10, offered.Count);
        Assert.DoesNotContain(offered, p => p.Peer == h.Peer(13));

        ExchangedPeer named = new(h.Peer(77), new byte[] { 1 });
        h.Receive(1, c => c.Prune.Add(new(Topic, 60, [named])));
        Assert.Empty(h.Effects.OfType<GossipsubEffect.ConnectExchanged>());
        for (var i = 0; i < 15; i++)
            h.Receive(2, h.Message());
        h.Receive(2, c => c.Prune.Add(new(Topic, 60, [named, new(h.Peer(78), default), new(h.Peer(3), new byte[] { 1 })])));
        Assert.Equal([named], Assert.Single(h.Effects.OfType<GossipsubEffect.ConnectExchanged>()).Peers);
    }

    [Fact]
    public void Topics_of_a_peer_are_bounded_and_go_with_it()
    {
        var h = new MachineHarness();
        h.AddPeers(1, 1);
        for (var rpc = 0; rpc < 20; rpc++)
        {
            h.Receive(1, c =>
            {
                for (var i = 0; i < 100; i++)
                    c.Subscriptions.Add(new($"{rpc}/{i}", true));
            });
        }
        Assert.Equal(1024, h.Machine.Describe().Topics.Count);
        Assert.True(h.Score(1) < 0, $"Its score is {h.Score(1)}.");
        h.Do(new GossipsubInput.PeerRemoved(h.Peer(1), 1));
        Assert.Empty(h.Machine.Describe().Topics);
    }

    [Fact]
    public void A_topic_that_the_filter_does_not_let_pass_is_not_noted()
    {
        var h = new MachineHarness(o => o.SubscriptionFilter = t => t == Topic);
        h.AddPeers(1, 1);
        h.Receive(1, c => c.Subscriptions.Add(new("other", true)));
        Assert.Equal([Topic], h.Machine.Describe().Topics.Select(t => t.Name));
    }

    [Fact]
    public void Direct_peers_are_connected_again_and_again()
    {
        var h = new MachineHarness(o => o.DirectPeers.Add(MachineHarness.Id(5)));
        h.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(h.Peer(5), Assert.Single(h.Effects.OfType<GossipsubEffect.ConnectDirect>()).Peer);
        h.Pass(TimeSpan.FromSeconds(300));
        Assert.Equal(2, h.Effects.OfType<GossipsubEffect.ConnectDirect>().Count());
        h.AddPeers(5, 1);
        h.Pass(TimeSpan.FromSeconds(300));
        Assert.Equal(2, h.Effects.OfType<GossipsubEffect.ConnectDirect>().Count());
    }
}
