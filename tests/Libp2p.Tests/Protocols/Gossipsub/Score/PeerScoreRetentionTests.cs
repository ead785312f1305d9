using Libp2p.Protocols.Gossipsub.Score;

namespace Libp2p.Tests.Protocols.Gossipsub.Score;

/// <summary>What is remembered of those who left, and that memory is bounded.</summary>
public class PeerScoreRetentionTests
{
    static ScoreSteps Start(Action<PeerScoreOptions>? configure = null) => new(o =>
    {
        (o.DefaultTopic!.InvalidMessagesWeight, o.DefaultTopic.FirstDeliveriesWeight, o.BehaviourWeight) = (-1, 1, -1);
        o.Retention = TimeSpan.FromSeconds(10);
        configure?.Invoke(o);
    });

    [Fact]
    public void What_speaks_against_a_peer_outlasts_its_leave_without_decay_and_what_spoke_for_it_does_not()
    {
        var steps = Start();
        var peer = steps.Connect(1);
        for (var message = 0; message < 50; message++)
            steps.Deliver(peer, message);
        steps.Reject(peer, 100);
        steps.Reject(peer, 101);
        steps.Score.AddPenalty(peer, 3);
        steps.AssertScore(50 - 4 - 9, peer);
        steps.Score.RemovePeer(peer, steps.Now);
        steps.AssertScore(-13, peer);
        steps.Pass(9);
        steps.AssertScore(-13, peer);
        Assert.False(steps.Score.Describe(peer)!.IsConnected);
        steps.Connect(1);
        Assert.True(steps.Score.Describe(peer)!.IsConnected);
        steps.Pass(1);
        steps.AssertScore(-13.0 / 4, peer);
    }

    [Fact]
    public void Who_was_quiet_in_the_mesh_is_not_remembered_where_that_counts_for_nothing()
    {
        var steps = Start(o => (o.DefaultTopic!.MeshDeliveriesActivation, o.DefaultTopic.MeshDeliveriesThreshold) = (TimeSpan.FromSeconds(1), 10));
        var peer = steps.Connect(1);
        steps.Graft(peer);
        steps.Pass(5);
        steps.Score.RemovePeer(peer, steps.Now);
        Assert.Null(steps.Score.Describe(peer));
    }

    [Fact]
    public void It_is_forgotten_after_the_retention()
    {
        var steps = Start();
        var peer = steps.Connect(1);
        steps.Reject(peer, 1);
        steps.Score.RemovePeer(peer, steps.Now);
        steps.Pass(10);
        Assert.Equal((0, 0), (steps.Score.Score(peer), steps.Score.PeerCount));
    }

    [Fact]
    public void Who_has_done_no_harm_is_forgotten_at_once()
    {
        var steps = Start();
        var peer = steps.Connect(1, ScoreSteps.Address(1));
        steps.Deliver(peer, 1);
        steps.Graft(peer);
        steps.Score.RemovePeer(peer, steps.Now);
        steps.Score.RemovePeer(peer, steps.Now);
        Assert.Equal(0, steps.Score.PeerCount);
    }

    [Fact]
    public void Who_leaves_before_the_verdict_is_judged_all_the_same()
    {
        var steps = Start();
        var (first, other) = (steps.Connect(1), steps.Connect(2));
        var id = ScoreSteps.Message(1);
        steps.Score.ValidateMessage(id, steps.Now);
        steps.Repeat(other, id);
        steps.Score.RemovePeer(first, steps.Now);
        steps.Score.RemovePeer(other, steps.Now);
        steps.Score.RejectMessage(first, ScoreSteps.Topic, id, steps.Now);
        steps.AssertScore(-1, steps.Connect(1));
        steps.AssertScore(-1, other);
        steps.Pass(10);
        Assert.Equal(1, steps.Score.PeerCount);
    }

    /// <summary>A new identity at the address of those that misbehaved does not start afresh; one at the address of the harmless does.</summary>
    [Fact]
    public void The_misbehaved_still_count_at_their_address_and_the_harmless_do_not()
    {
        var steps = Start(o => (o.ColocationWeight, o.ColocationThreshold) = (-1, 2));
        for (var i = 0; i < 20; i++)
            steps.Score.RemovePeer(steps.Connect(i, ScoreSteps.Address(1)), steps.Now);
        var harmless = steps.Connect(20, ScoreSteps.Address(1));
        steps.AssertScore(0, harmless);
        for (var i = 30; i < 34; i++)
        {
            steps.Reject(steps.Connect(i, ScoreSteps.Address(2)), i);
            steps.Score.RemovePeer(ScoreSteps.Peer(i), steps.Now);
        }
        var next = steps.Connect(40, ScoreSteps.Address(2));
        steps.AssertScore(-9, next);
        steps.Pass(10);
        steps.AssertScore(0, next);
    }

    [Fact]
    public void A_peer_that_comes_back_counts_where_it_comes_from_now()
    {
        var steps = Start(o => (o.ColocationWeight, o.ColocationThreshold) = (-1, 1));
        var peer = steps.Connect(1, ScoreSteps.Address(1));
        steps.Score.AddPenalty(peer, 1);
        steps.Score.RemovePeer(peer, steps.Now);
        steps.Connect(1, ScoreSteps.Address(2));
        steps.AssertScore(0, steps.Connect(2, ScoreSteps.Address(1)));
        steps.AssertScore(-1, steps.Connect(3, ScoreSteps.Address(2)));
    }

    [Fact]
    public void The_number_of_the_remembered_is_bounded_and_the_one_that_left_first_goes()
    {
        var steps = Start(o => o.MaxRetained = 5);
        for (var i = 0; i < 100; i++)
        {
            steps.Reject(steps.Connect(i), i);
            steps.Score.RemovePeer(ScoreSteps.Peer(i), steps.Now);
            steps.Score.RejectUnproven(ScoreSteps.Peer(1000 + i), ScoreSteps.Topic, steps.Now);
            Assert.InRange(steps.Score.PeerCount, 1, 5);
        }
        steps.AssertScore(-1, ScoreSteps.Peer(1099));
        steps.AssertScore(-1, ScoreSteps.Peer(98));
        steps.AssertScore(0, ScoreSteps.Peer(97));
    }

    [Theory]
    [InlineData(0, 100)]
    [InlineData(10, 0)]
    public void Nothing_is_remembered_where_the_options_say_so(int seconds, int most)
    {
        var steps = Start(o => (o.Retention, o.MaxRetained) = (TimeSpan.FromSeconds(seconds), most));
        var peer = steps.Connect(1);
        steps.Reject(peer, 1);
        steps.Score.RemovePeer(peer, steps.Now);
        steps.Score.RejectUnproven(peer, ScoreSteps.Topic, steps.Now);
        Assert.Equal((0, 0), (steps.Score.PeerCount, steps.Score.Score(peer)));
    }

    [Fact]
    public void A_peer_that_comes_and_goes_costs_no_more_than_one_that_stays()
    {
        var steps = Start(o => (o.ColocationWeight, o.Retention) = (-1, TimeSpan.FromDays(1)));
        for (var i = 0; i < 10_000; i++)
        {
            steps.Score.AddPenalty(steps.Connect(1, ScoreSteps.Address(i)), 1);
            steps.Score.RemovePeer(ScoreSteps.Peer(1), steps.Now);
        }
        Assert.Equal(1, steps.Score.PeerCount);
        steps.AssertScore(0, steps.Connect(2, ScoreSteps.Address(5_000)));
    }

    [Fact]
    public void Messages_are_remembered_for_a_while_and_in_bounded_number()
    {
        var steps = Start(o => (o.MaxDeliveries, o.DeliveryLifetime) = (10, TimeSpan.FromSeconds(3)));
        var peer = steps.Connect(1);
        for (var message = 0; message < 1000; message++)
        {
            steps.Reject(peer, message);
            Assert.InRange(steps.Score.DeliveryCount, 1, 10);
        }
        var before = steps.Score.Score(peer);
        steps.Repeat(peer, ScoreSteps.Message(0)); // no longer known
        steps.AssertScore(before, peer);
        steps.Repeat(peer, ScoreSteps.Message(999));
        Assert.True(steps.Score.Score(peer) < before);
        steps.Pass(2);
        Assert.Equal(10, steps.Score.DeliveryCount);
        steps.Pass(1);
        Assert.Equal(0, steps.Score.DeliveryCount);
    }

    /// <summary>A topic name is a stranger's: a peer's record does not grow with them without end, and shrinks again.</summary>
    [Fact]
    public void The_topics_of_a_peer_are_bounded_and_forgotten_once_nothing_is_left_of_them()
    {
        var steps = Start();
        var peer = steps.Connect(1);
        for (var topic = 0; topic < 2 * ScoredPeer.MaxTopics; topic++)
            steps.Score.RejectUnproven(peer, $"topic {topic}", steps.Now);
        Assert.Equal(ScoredPeer.MaxTopics, steps.Score.Describe(peer)!.Topics.Count);
        steps.Pass(7); // 1 has become less than 0.01
        Assert.Empty(steps.Score.Describe(peer)!.Topics);
    }

    [Fact]
    public void The_peers_that_are_noted_for_one_message_are_bounded()
    {
        var steps = Start();
        var id = ScoreSteps.Message(1);
        steps.Score.ValidateMessage(id, steps.Now);
        for (var i = 0; i < 2 * MessageDeliveries.MaxPeers; i++)
            steps.Repeat(steps.Connect(i), id);
        steps.Score.RejectMessage(ScoreSteps.Peer(0), ScoreSteps.Topic, id, steps.Now);
        Assert.Equal(MessageDeliveries.MaxPeers, Enumerable.Range(0, 1000).Count(i => steps.Score.Score(ScoreSteps.Peer(i)) < 0));
    }
}
