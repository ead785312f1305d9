using Libp2p.Protocols.Gossipsub;

namespace Libp2p.Tests.Protocols.Gossipsub;

public sealed class GossipsubMachineMessageTests
{
    [Fact]
    public void A_message_is_delivered_and_passed_on_once()
    {
        var h = new MachineHarness();
        h.Join();
        h.AddPeers(1, 4);
        var message = h.Message(author: 4);
        Assert.True(h.Receive(1, message));
        Assert.Single(h.Effects.OfType<GossipsubEffect.Deliver>());
        // Neither to whom it came from nor to its author.
        Assert.Equal([2, 3], h.Recipients(message).Order());
        Assert.False(h.Receive(2, message));
        Assert.Single(h.Effects.OfType<GossipsubEffect.Deliver>());
    }

    [Fact]
    public void A_rejected_message_goes_nowhere_and_all_who_sent_it_are_blamed()
    {
        var h = new MachineHarness();
        h.Join();
        h.AddPeers(1, 3);
        var message = h.Message();
        Assert.True(h.Receive(1, message, PubsubVerdict.Reject));
        Assert.False(h.Receive(2, message));
        Assert.Empty(h.Recipients(message));
        Assert.Empty(h.Effects.OfType<GossipsubEffect.Deliver>());
        Assert.True(h.Score(1) < 0 && h.Score(2) < 0 && h.Score(3) >= 0);
    }

    [Fact]
    public void An_ignored_message_goes_nowhere_and_nobody_is_blamed()
    {
        var h = new MachineHarness();
        h.Join();
        h.AddPeers(1, 2);
        var message = h.Message();
        h.Receive(1, message, PubsubVerdict.Ignore);
        Assert.Empty(h.Recipients(message));
        Assert.True(h.Score(1) >= 0);
    }

    [Fact]
    public void Copies_of_what_is_being_checked_share_its_fate_and_forged_ones_do_not_stand_in_its_way()
    {
        var h = new MachineHarness();
        h.Join();
        h.AddPeers(1, 4);
        var forged = h.Message();
        var body = MessageSignatureTests.Body(forged);
        Assert.True(h.Machine.IsNew(h.Peer(1), forged.Topic, forged.Id, body, h.Now));
        h.Machine.Begin(forged);
        Assert.False(h.Machine.IsNew(h.Peer(2), forged.Topic, forged.Id, body, h.Now));
        // The true message has the same id and other bytes.
        Assert.True(h.Machine.IsNew(h.Peer(3), forged.Topic, forged.Id, [.. body, 0], h.Now));
        h.Do(new GossipsubInput.MessageForged(h.Peer(1), forged));
        Assert.True(h.Score(1) < 0 && h.Score(2) < 0 && h.Score(3) >= 0);
        Assert.True(h.Machine.IsNew(h.Peer(4), forged.Topic, forged.Id, body, h.Now));
    }

    [Fact]
    public void A_seen_message_is_forgotten_after_its_time()
    {
        var h = new MachineHarness();
        h.Join();
        h.AddPeers(1, 1);
        var message = h.Message();
        h.Receive(1, message);
        h.Pass(TimeSpan.FromSeconds(119));
        Assert.True(h.Machine.IsSeen(message.Id));
        h.Pass(TimeSpan.FromSeconds(2));
        Assert.False(h.Machine.IsSeen(message.Id));
    }

    [Fact]
    public void What_is_remembered_is_bounded()
    {
        var h = new MachineHarness(o => (o.MaxSeen, o.MaxHistoryBytes) = (100, 10_000));
        h.Join();
        h.AddPeers(1, 1);
        for (var i = 0; i < 500; i++)
            h.Receive(1, h.Message(length: 500));
        var described = h.Machine.Describe();
        Assert.Equal(100, described.Caches.SeenMessages);
        Assert.InRange(described.Caches.HistoryBytes, 1, 10_000);
    }

    [Fact]
    public void Own_messages_go_to_every_subscriber_of_good_score()
    {
        var h = new MachineHarness();
        h.Join();
        h.AddPeers(1, 20);
        for (var i = 0; i < 5; i++)
            h.Do(new GossipsubInput.PeerMisbehaved(h.Peer(20)));
        Assert.True(h.Score(20) < -50);
        var message = h.Message(author: 0);
        h.Do(new GossipsubInput.Published(message));
        Assert.Equal(Enumerable.Range(1, 19), h.Recipients(message).Order());
        Assert.Empty(h.Effects.OfType<GossipsubEffect.Deliver>());
    }

    [Fact]
    public void Without_flooding_own_messages_go_to_the_mesh_or_the_fanout()
    {
        var h = new MachineHarness(o => o.FloodPublish = false);
        h.AddPeers(1, 20);
        h.AddPeers(30, 1, GossipsubVersion.Floodsub);
        var first = h.Message(author: 0);
        h.Do(new GossipsubInput.Published(first));
        Assert.Equal(7, h.Recipients(first).Count());
        Assert.Contains(30, h.Recipients(first));
        var second = h.Message(author: 0);
        h.Do(new GossipsubInput.Published(second));
        Assert.Equal(h.Recipients(first).Order(), h.Recipients(second).Order());
        h.Join();
        Assert.Equal(h.Recipients(first).Where(p => p != 30).Order(), h.Mesh().Order());
        var third = h.Message(author: 0);
        h.Do(new GossipsubInput.Published(third));
        Assert.Equal(h.Mesh().Append(30).Order(), h.Recipients(third).Order());
    }

    [Fact]
    public void The_fanout_is_forgotten_after_its_time()
    {
        var h = new MachineHarness(o => o.FloodPublish = false);
        h.AddPeers(1, 3);
        h.Do(new GossipsubInput.Published(h.Message(author: 0)));
        Assert.Equal(3, h.Machine.Describe().Topics.Single().Fanout.Count);
        h.Pass(TimeSpan.FromSeconds(61));
        Assert.Empty(h.Machine.Describe().Topics.Single().Fanout);
    }

    [Fact]
    public void Own_messages_come_back_where_that_is_asked()
    {
        var h = new MachineHarness(o => o.DeliverOwnMessages = true);
        h.Join();
        var message = h.Message(author: 0);
        h.Do(new GossipsubInput.Published(message));
        Assert.Equal(h.Self, Assert.Single(h.Effects.OfType<GossipsubEffect.Deliver>()).ReceivedFrom);
    }

    [Fact]
    public void A_large_message_goes_to_some_at_once_and_a_moment_later_to_those_that_still_lack_it()
    {
        var h = new MachineHarness(o => (o.DeferAfter, o.DeferDelay) = (3, TimeSpan.FromMilliseconds(300)));
        h.Join();
        h.AddPeers(1, 6);
        var message = h.Message(length: h.Options.DeferThreshold);
        h.Receive(1, message);
        var waiting = Enumerable.Range(2, 5).Except(h.Recipients(message)).ToList();
        Assert.Equal(2, waiting.Count);
        Assert.Equal(h.Options.DeferDelay, h.Machine.Deadline - h.Now);
        h.Receive(waiting[0], c => c.IDontWant.Add(message.Id));
        h.Pass(h.Options.DeferDelay - TimeSpan.FromTicks(1));
        Assert.Equal(3, h.Recipients(message).Count());
        h.Pass(TimeSpan.FromTicks(1));
        Assert.Equal(Enumerable.Range(2, 5).Except([waiting[0]]), h.Recipients(message).Order());
        Assert.Equal(TimeSpan.FromSeconds(1), h.Machine.Deadline);
    }

    [Fact]
    public void A_large_message_waits_for_nobody_who_left_and_for_nobody_who_cannot_say_that_it_has_it()
    {
        var h = new MachineHarness(o => (o.DeferAfter, o.DeferDelay) = (3, TimeSpan.FromMilliseconds(300)));
        h.Join();
        h.AddPeers(1, 3);
        h.AddPeers(4, 3, GossipsubVersion.V11);
        var message = h.Message(length: h.Options.DeferThreshold);
        h.Receive(900, message);
        var first = h.Recipients(message).ToList();
        Assert.Subset(first.ToHashSet(), new HashSet<int> { 4, 5, 6 });
        foreach (var waiting in Enumerable.Range(1, 3).Except(first))
            h.Do(new GossipsubInput.PeerRemoved(h.Peer(waiting), waiting));
        h.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(first, h.Recipients(message));
    }
}
