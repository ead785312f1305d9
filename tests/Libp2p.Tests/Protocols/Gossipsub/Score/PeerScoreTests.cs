using System.Net;
using Libp2p.Protocols.Gossipsub.Score;

namespace Libp2p.Tests.Protocols.Gossipsub.Score;

/// <summary>Every part of the score, by numbers that were computed by hand.</summary>
public class PeerScoreTests
{
    [Fact]
    public void Time_in_the_mesh_counts_in_whole_quanta_up_to_the_cap()
    {
        var steps = new ScoreSteps(o => (o.DefaultTopic!.TimeInMeshWeight, o.DefaultTopic.TimeInMeshQuantum, o.DefaultTopic.TimeInMeshCap) = (0.5, TimeSpan.FromSeconds(2), 3));
        var peer = steps.Connect(1);
        steps.Pass(4);
        steps.AssertScore(0, peer);
        steps.Graft(peer);
        steps.Pass(1);
        steps.AssertScore(0, peer);
        steps.Pass(1);
        steps.AssertScore(0.5, peer);
        steps.Graft(peer); // again, which changes nothing
        steps.Pass(3);
        steps.AssertScore(1, peer);
        steps.Pass(100);
        steps.AssertScore(1.5, peer);
        steps.Score.Prune(peer, ScoreSteps.Topic);
        steps.AssertScore(0, peer);
    }

    [Fact]
    public void First_deliveries_count_up_to_the_cap_and_decay_to_zero()
    {
        var steps = new ScoreSteps(o => (o.DefaultTopic!.FirstDeliveriesWeight, o.DefaultTopic.FirstDeliveriesCap, o.DecayToZero) = (2, 4, 0.3));
        var (first, other) = (steps.Connect(1), steps.Connect(2));
        var id = steps.Deliver(first, 1);
        steps.Repeat(other, id);
        steps.AssertScore(2, first);
        steps.AssertScore(0, other);
        for (var message = 2; message < 9; message++)
            steps.Deliver(first, message);
        steps.AssertScore(8, first);
        steps.Pass(1);
        steps.AssertScore(4, first);
        steps.Pass(2);
        steps.AssertScore(1, first);
        steps.Pass(1); // 0.25 is below 0.3
        steps.AssertScore(0, first);
    }

    [Fact]
    public void A_message_is_delivered_first_once()
    {
        var steps = new ScoreSteps(o => o.DefaultTopic!.FirstDeliveriesWeight = 1);
        var (first, late) = (steps.Connect(1), steps.Connect(2));
        var id = steps.Deliver(first, 1);
        steps.Score.DeliverMessage(late, ScoreSteps.Topic, id, steps.Now);
        steps.AssertScore(0, late);
    }

    static ScoreSteps Measured() => new(o =>
    {
        var topic = o.DefaultTopic!;
        (topic.MeshDeliveriesWeight, topic.MeshDeliveriesThreshold, topic.MeshDeliveriesCap) = (-1, 4, 8);
        (topic.MeshDeliveriesActivation, topic.MeshDeliveriesWindow) = (TimeSpan.FromSeconds(3), TimeSpan.FromMilliseconds(10));
        topic.MeshFailuresWeight = -0.5;
    });

    [Fact]
    public void Too_few_mesh_deliveries_cost_the_square_of_the_deficit_once_the_peer_was_long_enough_in_the_mesh()
    {
        var steps = Measured();
        var peer = steps.Connect(1);
        steps.Graft(peer);
        steps.Pass(3);
        steps.AssertScore(0, peer); // not longer than 3 s
        steps.Pass(1);
        steps.AssertScore(-16, peer);
        for (var message = 0; message < 3; message++)
            steps.Deliver(peer, message);
        steps.AssertScore(-1, peer);
        steps.Deliver(peer, 3);
        steps.AssertScore(0, peer);
        steps.Pass(1); // 2 are left of 4
        steps.AssertScore(-4, peer);
    }

    [Fact]
    public void A_copy_counts_as_a_mesh_delivery_during_validation_and_within_the_window_once_a_peer_and_only_in_the_mesh()
    {
        var steps = Measured();
        var peers = Enumerable.Range(1, 5).Select(i => steps.Connect(i)).ToArray();
        foreach (var peer in peers[..4])
            steps.Graft(peer);
        steps.Pass(4);
        var id = ScoreSteps.Message(1);
        steps.Score.ValidateMessage(id, steps.Now);
        steps.Repeat(peers[1], id);
        steps.Repeat(peers[1], id);
        steps.Repeat(peers[0], id);
        steps.Repeat(peers[4], id);
        steps.Wait(500);
        steps.Score.DeliverMessage(peers[0], ScoreSteps.Topic, id, steps.Now);
        steps.Repeat(peers[0], id);
        steps.Repeat(peers[1], id);
        steps.Wait(10);
        steps.Repeat(peers[2], id);
        steps.Wait(1);
        steps.Repeat(peers[3], id);
        Assert.Equal([-9, -9, -9, -16, 0], peers.Select(steps.Score.Score));
    }

    [Fact]
    public void Mesh_deliveries_are_capped()
    {
        var steps = Measured();
        var peer = steps.Connect(1);
        steps.Graft(peer);
        steps.Pass(4);
        for (var message = 0; message < 100; message++)
            steps.Deliver(peer, message);
        steps.Pass(2); // 8 became 2
        steps.AssertScore(-4, peer);
    }

    [Fact]
    public void Who_leaves_the_mesh_with_a_deficit_keeps_its_square()
    {
        var steps = Measured();
        var (lazy, young) = (steps.Connect(1), steps.Connect(2));
        steps.Graft(lazy);
        steps.Pass(4);
        steps.Graft(young);
        steps.Score.Prune(lazy, ScoreSteps.Topic);
        steps.Score.Prune(young, ScoreSteps.Topic);
        steps.AssertScore(-8, lazy);
        steps.AssertScore(0, young);
        steps.Score.Prune(lazy, ScoreSteps.Topic);
        steps.AssertScore(-8, lazy);
        steps.Pass(1);
        steps.AssertScore(-4, lazy);
    }

    [Fact]
    public void Invalid_messages_cost_the_square_of_their_number()
    {
        var steps = new ScoreSteps(o => (o.DefaultTopic!.InvalidMessagesWeight, o.DefaultTopic.TopicWeight) = (-2, 3));
        var peer = steps.Connect(1);
        steps.Reject(peer, 1);
        steps.AssertScore(-6, peer);
        steps.Score.RejectUnproven(peer, ScoreSteps.Topic, steps.Now);
        steps.AssertScore(-24, peer);
        steps.Pass(1);
        steps.AssertScore(-6, peer);
    }

    [Fact]
    public void All_who_deliver_an_invalid_message_are_to_blame_before_the_verdict_and_after_it()
    {
        var steps = new ScoreSteps(o => o.DefaultTopic!.InvalidMessagesWeight = -1);
        var peers = Enumerable.Range(1, 4).Select(i => steps.Connect(i)).ToArray();
        var id = ScoreSteps.Message(1);
        steps.Score.ValidateMessage(id, steps.Now);
        steps.Repeat(peers[0], id);
        steps.Repeat(peers[1], id);
        steps.Score.RejectMessage(peers[0], ScoreSteps.Topic, id, steps.Now);
        steps.Repeat(peers[2], id);
        steps.Repeat(peers[2], id);
        Assert.Equal([-1, -1, -4, 0], peers.Select(steps.Score.Score));
    }

    [Fact]
    public void A_message_that_is_ignored_harms_nobody_and_helps_nobody()
    {
        var steps = new ScoreSteps(o => (o.DefaultTopic!.InvalidMessagesWeight, o.DefaultTopic.FirstDeliveriesWeight) = (-1, 1));
        var (first, other) = (steps.Connect(1), steps.Connect(2));
        var id = ScoreSteps.Message(1);
        steps.Score.ValidateMessage(id, steps.Now);
        steps.Repeat(other, id);
        steps.Score.IgnoreMessage(id, steps.Now);
        steps.Repeat(other, id);
        steps.Score.RejectMessage(first, ScoreSteps.Topic, id, steps.Now);
        steps.AssertScore(0, first);
        steps.AssertScore(0, other);
    }

    /// <summary>Whoever forges a message in another's name must not make those guilty who deliver the true one.</summary>
    [Fact]
    public void A_message_that_proves_nothing_leaves_no_trace_but_at_its_sender()
    {
        var steps = new ScoreSteps(o => (o.DefaultTopic!.InvalidMessagesWeight, o.DefaultTopic.FirstDeliveriesWeight) = (-1, 1));
        var (forger, honest) = (steps.Connect(1), steps.Connect(2));
        steps.Score.RejectUnproven(forger, ScoreSteps.Topic, steps.Now);
        Assert.Equal(0, steps.Score.DeliveryCount);
        steps.Deliver(honest, 1);
        steps.AssertScore(-1, forger);
        steps.AssertScore(1, honest);
    }

    [Fact]
    public void The_application_is_asked_at_the_connect_and_at_each_refresh()
    {
        var score = 3.0;
        var steps = new ScoreSteps(o => (o.ApplicationScore, o.ApplicationWeight) = (_ => score, 2));
        var peer = steps.Connect(1);
        steps.AssertScore(6, peer);
        score = -4;
        steps.AssertScore(6, peer);
        steps.Pass(1);
        steps.AssertScore(-8, peer);
        score = double.NaN;
        steps.Pass(1);
        steps.AssertScore(0, peer);
        score = double.NegativeInfinity;
        steps.Pass(1);
        steps.AssertScore(0, peer);
    }

    static ScoreSteps Colocated(Action<PeerScoreOptions>? configure = null) => new(o =>
    {
        (o.ColocationWeight, o.ColocationThreshold) = (-1, 2);
        configure?.Invoke(o);
    });

    [Fact]
    public void Many_peers_at_one_address_cost_each_of_them_the_square_of_what_is_too_many()
    {
        var steps = Colocated();
        var peers = Enumerable.Range(1, 4).Select(i => steps.Connect(i, ScoreSteps.Address(7))).ToArray();
        var elsewhere = steps.Connect(5, ScoreSteps.Address(8));
        var relayed = steps.Connect(6, null);
        Assert.All(peers, peer => steps.AssertScore(-4, peer));
        steps.AssertScore(0, elsewhere);
        steps.AssertScore(0, relayed);
        steps.Score.RemovePeer(peers[3], steps.Now);
        steps.AssertScore(-1, peers[0]);
        steps.Score.RemovePeer(peers[2], steps.Now);
        steps.AssertScore(0, peers[0]);
        steps.AssertScore(0, peers[3]);
    }

    [Fact]
    public void A_peer_counts_at_each_of_its_addresses_once()
    {
        var steps = Colocated(o => o.ColocationThreshold = 1);
        steps.Connect(1, ScoreSteps.Address(7));
        steps.Connect(2, ScoreSteps.Address(8));
        var both = steps.Connect(3, ScoreSteps.Address(7));
        steps.Connect(3, ScoreSteps.Address(7));
        steps.AssertScore(-1, both);
        steps.Connect(3, ScoreSteps.Address(8));
        steps.AssertScore(-2, both);
        for (var address = 100; address < 200; address++)
            steps.Connect(3, ScoreSteps.Address(address)); // beyond what is counted of one peer
        var neighbour = steps.Connect(4, ScoreSteps.Address(199));
        steps.AssertScore(0, neighbour);
        steps.Score.RemovePeer(both, steps.Now);
        steps.AssertScore(0, ScoreSteps.Peer(1));
    }

    [Theory]
    [InlineData("203.0.113.0/24", "203.0.113.9", true)]
    [InlineData("203.0.113.0/24", "203.0.114.9", false)]
    [InlineData("2001:db8::/32", "2001:db8:9::1", true)]
    [InlineData("2001:db8:1:2::/64", "2001:db8:1:3::1", true)] // of the same /56
    [InlineData("2001:db8:1:2::/64", "2001:db8:2:2::1", false)]
    public void Peers_of_a_network_on_the_list_are_not_counted(string network, string address, bool isAllowed)
    {
        var steps = Colocated(o => o.ColocationAllowList.Add(IPNetwork.Parse(network)));
        for (var i = 0; i < 4; i++)
            steps.Connect(i, AddressKey.Of(IPAddress.Parse(address)));
        steps.AssertScore(isAllowed ? 0 : -4, ScoreSteps.Peer(0));
    }

    [Fact]
    public void Penalties_cost_the_square_of_what_is_beyond_the_threshold()
    {
        var steps = new ScoreSteps(o => (o.BehaviourWeight, o.BehaviourThreshold) = (-10, 2));
        var peer = steps.Connect(1);
        steps.Score.AddPenalty(peer, 2);
        steps.AssertScore(0, peer);
        steps.Score.AddPenalty(peer, 3);
        steps.AssertScore(-90, peer);
        steps.Pass(1); // 2.5 are left
        steps.AssertScore(-2.5, peer);
        steps.Score.AddPenalty(ScoreSteps.Peer(99), 1000);
        steps.AssertScore(0, ScoreSteps.Peer(99));
    }

    [Fact]
    public void All_topics_together_give_at_most_the_cap_and_what_is_beyond_topics_adds_to_it()
    {
        var steps = new ScoreSteps(o =>
        {
            (o.TopicScoreCap, o.ApplicationScore) = (5, _ => 100);
            o.DefaultTopic!.FirstDeliveriesWeight = 1;
            o.Topics["loud"] = new TopicScoreOptions { TopicWeight = 10, TimeInMeshWeight = 0 };
        });
        var peer = steps.Connect(1);
        for (var message = 0; message < 3; message++)
            steps.Deliver(peer, message);
        steps.AssertScore(103, peer);
        steps.Score.DeliverMessage(peer, "loud", ScoreSteps.Message(10), steps.Now);
        steps.AssertScore(105, peer);
        for (var message = 20; message < 23; message++)
            steps.Score.RejectMessage(peer, "loud", ScoreSteps.Message(message), steps.Now);
        steps.AssertScore(100 + 3 + 10 - (10 * 20 * 9), peer);
    }

    [Fact]
    public void A_topic_without_weights_is_not_scored()
    {
        var steps = new ScoreSteps(o =>
        {
            o.DefaultTopic = null;
            o.Topics["known"] = new TopicScoreOptions();
        });
        var peer = steps.Connect(1);
        steps.Reject(peer, 1);
        steps.AssertScore(0, peer);
        Assert.Empty(steps.Score.Describe(peer)!.Topics);
        steps.Score.RejectMessage(peer, "known", ScoreSteps.Message(2), steps.Now);
        steps.AssertScore(-20, peer);
    }

    [Fact]
    public void A_late_refresh_makes_up_for_those_that_were_missed()
    {
        var (steps, late) = (new ScoreSteps(Weigh), new ScoreSteps(Weigh));
        foreach (var s in new[] { steps, late })
        {
            for (var message = 0; message < 8; message++)
                s.Deliver(s.Connect(1), message);
        }
        steps.Pass(3);
        late.Wait(3900);
        late.Score.Refresh(late.Now);
        Assert.Equal((1, 1), (steps.Score.Score(ScoreSteps.Peer(1)), late.Score.Score(ScoreSteps.Peer(1))));
        late.Wait(100); // the rest of the interval was not lost
        late.Score.Refresh(late.Now);
        late.AssertScore(0.5, ScoreSteps.Peer(1));

        static void Weigh(PeerScoreOptions options) => options.DefaultTopic!.FirstDeliveriesWeight = 1;
    }

    [Fact]
    public void The_parts_add_up()
    {
        var steps = new ScoreSteps(o =>
        {
            (o.ColocationWeight, o.ColocationThreshold, o.BehaviourWeight, o.ApplicationScore) = (-1, 1, -2, _ => 7);
            var topic = o.DefaultTopic!;
            (topic.TimeInMeshWeight, topic.TimeInMeshQuantum, topic.FirstDeliveriesWeight, topic.InvalidMessagesWeight) = (1, TimeSpan.FromSeconds(1), 1, -3);
            (topic.MeshDeliveriesWeight, topic.MeshFailuresWeight, topic.MeshDeliveriesActivation) = (-1, -1, TimeSpan.FromSeconds(1));
            topic.TopicWeight = 2;
        });
        var peer = steps.Connect(1, ScoreSteps.Address(1));
        steps.Connect(2, ScoreSteps.Address(1));
        steps.Graft(peer);
        steps.Pass(2);
        steps.Score.Prune(peer, ScoreSteps.Topic);
        steps.Graft(peer);
        steps.Pass(2);
        steps.Deliver(peer, 1);
        steps.Reject(peer, 2);
        steps.Score.AddPenalty(peer, 1);
        var snapshot = steps.Score.Describe(peer)!;
        var topic = Assert.Single(snapshot.Topics);
        // Deficits: 4 at the prune, which two decays made a quarter of 16; 3 now.
        Assert.Equal(new TopicScoreSnapshot(ScoreSteps.Topic, true, 4, 2, -18, -8, -6), topic);
        Assert.Equal((-26, 7, -1, -2), (snapshot.TopicScore, snapshot.Application, snapshot.Colocation, snapshot.Behaviour));
        Assert.Equal((-22, -26, true), (snapshot.Score, topic.Score, snapshot.IsConnected));
        Assert.Null(steps.Score.Describe(ScoreSteps.Peer(99)));
    }
}
