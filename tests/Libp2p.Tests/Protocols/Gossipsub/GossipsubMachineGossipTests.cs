using System.Text;
using Libp2p.Protocols.Gossipsub;

namespace Libp2p.Tests.Protocols.Gossipsub;

public sealed class GossipsubMachineGossipTests
{
    private const string Topic = MachineHarness.Topic;

    [Fact]
    public void Peers_outside_of_the_mesh_are_told_of_messages()
    {
        var h = new MachineHarness();
        h.Join();
        h.AddPeers(1, 20);
        var message = h.Message();
        h.Receive(1, message);
        h.Clear();
        h.Pass(TimeSpan.FromSeconds(1));
        var told = h.Sent(c => c.IHave.Any(i => i.Topic == Topic && i.Ids.Contains(message.Id))).ToList();
        Assert.Equal(6, told.Count);
        Assert.DoesNotContain(told, h.Mesh().Contains);
        h.Pass(TimeSpan.FromSeconds(2));
        h.Clear();
        h.Pass(TimeSpan.FromSeconds(3));
        Assert.Empty(h.Sent(c => c.IHave.Count > 0));
    }

    [Fact]
    public void A_message_can_be_asked_for_three_times_and_for_five_heartbeats()
    {
        var h = new MachineHarness();
        h.Join();
        h.AddPeers(1, 8);
        var message = h.Message();
        h.Receive(1, message);
        h.Clear();
        for (var i = 0; i < 5; i++)
            h.Receive(8, c => c.IWant.Add(message.Id));
        Assert.Equal([8, 8, 8], h.Recipients(message));
        h.Pass(TimeSpan.FromSeconds(5));
        h.Receive(7, c => c.IWant.Add(message.Id));
        Assert.DoesNotContain(7, h.Recipients(message));
    }

    [Fact]
    public void What_is_not_known_is_asked_for_once()
    {
        var h = new MachineHarness();
        h.Join();
        h.AddPeers(1, 1);
        var known = h.Message();
        h.Receive(1, known);
        PubsubMessageId unknown = new([1, 2]);
        h.Receive(1, c => c.IHave.Add(new(Topic, [known.Id, unknown, unknown])));
        Assert.Equal([unknown], h.SentTo(1).Single(c => c.IWant.Count > 0).IWant);
        h.Receive(1, c => c.IHave.Add(new("another topic", [new([3])])));
        Assert.Single(h.SentTo(1), c => c.IWant.Count > 0);
    }

    [Fact]
    public void A_flood_of_ihave_is_bounded()
    {
        var h = new MachineHarness();
        h.Join();
        h.AddPeers(1, 1);
        for (var i = 0; i < 30; i++)
            h.Receive(1, c => c.IHave.Add(new(Topic, [.. Enumerable.Range(0, 700).Select(n => new PubsubMessageId(BitConverter.GetBytes((i * 1000) + n).AsSpan()))])));
        Assert.Equal(5000, h.SentTo(1).Sum(c => c.IWant.Count));
        h.Pass(TimeSpan.FromSeconds(1));
        h.Clear();
        for (var i = 0; i < 30; i++)
            h.Receive(1, c => c.IHave.Add(new(Topic, [new(BitConverter.GetBytes(100_000 + i).AsSpan())])));
        Assert.Equal(10, h.SentTo(1).Sum(c => c.IWant.Count));
    }

    [Fact]
    public void A_flood_of_ihave_is_bounded_over_all_topics_together()
    {
        var h = new MachineHarness(o => o.MaxIHaveLength = 500);
        var topics = Enumerable.Range(0, 40).Select(i => $"topic {i}").ToList();
        foreach (var topic in topics)
            h.Do(new GossipsubInput.Joined(topic));
        h.AddPeers(1, 1);
        var number = 0;
        // In one message, and in several.
        h.Receive(1, c => c.IHave.AddRange(topics.Take(20).Select(t => new IHave(t, Ids(20)))));
        Assert.Equal(400, h.SentTo(1).Sum(c => c.IWant.Count));
        foreach (var topic in topics.Skip(20).Take(5))
            h.Receive(1, c => c.IHave.Add(new(topic, Ids(400))));
        Assert.Equal(500, h.SentTo(1).Sum(c => c.IWant.Count));
        h.Pass(TimeSpan.FromSeconds(1));
        h.Clear();
        foreach (var topic in topics)
            h.Receive(1, c => c.IHave.Add(new(topic, Ids(1))));
        Assert.Equal(h.Options.MaxIHaveMessages, h.SentTo(1).Sum(c => c.IWant.Count));

        List<PubsubMessageId> Ids(int count) => [.. Enumerable.Range(0, count).Select(_ => new PubsubMessageId(BitConverter.GetBytes(number++).AsSpan()))];
    }

    [Theory]
    [InlineData(100, 100)]
    [InlineData(5000, 340)]
    public void What_a_peer_is_told_is_bounded_over_all_topics_together(int maxIds, int expected)
    {
        // A message of control holds 340 ids of 46 bytes.
        var h = new MachineHarness(o => (o.MaxIHaveLength, o.MaxIHaveMessages) = (maxIds, 1));
        var topics = Enumerable.Range(0, 10).Select(i => $"topic {i}").ToList();
        h.AddPeers(1, 1);
        foreach (var topic in topics)
        {
            h.Do(new GossipsubInput.Joined(topic));
            h.Receive(1, c => c.Subscriptions.Add(new(topic, true)));
            // Gossip goes to those that are not in the mesh.
            h.Receive(1, c => c.Prune.Add(new(topic, 3600, [])));
        }
        using var author = Identity.Generate();
        for (var i = 0; i < 1000; i++)
            h.Receive(2, MessageSignature.Create(author, topics[i % 10], "m"u8, (ulong)i, MessageIds.Origin));
        h.Clear();
        h.Pass(TimeSpan.FromSeconds(1));
        var told = h.SentTo(1).SelectMany(c => c.IHave).ToList();
        Assert.InRange(told.Sum(t => t.Ids.Count), expected - 10, expected);
        Assert.Equal(topics.Order(StringComparer.Ordinal), told.Select(t => t.Topic).Order(StringComparer.Ordinal));
        Assert.Equal(told.Sum(t => t.Ids.Count), told.SelectMany(t => t.Ids).Distinct().Count());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_flood_of_gossip_messages_is_punished_until_nothing_more_is_taken(bool isIHave)
    {
        var h = new MachineHarness();
        h.Join();
        h.AddPeers(1, 2);
        var message = h.Message();
        h.Receive(2, message);
        for (var heartbeat = 0; h.Machine.Accepts(h.Peer(1)) && heartbeat < 10; heartbeat++)
        {
            // What is taken is not punished, nor is ten times that.
            Receive(99);
            if (heartbeat < 3)
                Assert.True(h.Score(1) >= 0);
            Receive(1000);
            h.Pass(TimeSpan.FromSeconds(1));
        }
        Assert.InRange(h.Score(1), double.MinValue, h.Options.Score.GraylistThreshold);
        Assert.True(h.Score(2) >= 0);

        void Receive(int count)
        {
            for (var i = 0; i < count; i++)
            {
                h.Receive(1, c =>
                {
                    if (isIHave)
                        c.IHave.Add(new(Topic, [message.Id]));
                    else
                        c.IWant.Add(message.Id);
                });
            }
        }
    }

    [Fact]
    public void Promises_that_are_not_kept_are_punished()
    {
        var h = new MachineHarness();
        h.Join();
        h.AddPeers(1, 2);
        for (byte i = 0; i < 6; i++)
            h.Receive(1, c => c.IHave.Add(new(Topic, [new([i, 1])])));
        h.Pass(TimeSpan.FromSeconds(5));
        Assert.True(h.Score(1) < 0, $"Its score is {h.Score(1)}.");
        Assert.True(h.Score(2) >= 0);
    }

    [Fact]
    public void A_promise_is_kept_by_whoever_sends_the_message()
    {
        var h = new MachineHarness();
        h.Join();
        h.AddPeers(1, 2);
        for (var i = 0; i < 6; i++)
        {
            var message = h.Message();
            h.Receive(1, c => c.IHave.Add(new(Topic, [message.Id])));
            h.Receive(2, message);
        }
        h.Pass(TimeSpan.FromSeconds(5));
        Assert.True(h.Score(1) >= 0);
    }

    [Fact]
    public void Nobody_is_held_to_a_promise_in_a_topic_that_was_left()
    {
        var h = new MachineHarness();
        h.Join();
        h.AddPeers(1, 1);
        for (byte i = 0; i < 6; i++)
            h.Receive(1, c => c.IHave.Add(new(Topic, [new([i, 1])])));
        h.Do(new GossipsubInput.Left(Topic));
        h.Pass(TimeSpan.FromSeconds(5));
        Assert.True(h.Score(1) >= 0);
    }

    [Theory]
    [InlineData(PubsubPeerKind.Js)]
    [InlineData(PubsubPeerKind.Rust)]
    [InlineData(PubsubPeerKind.LegacyJs)]
    public void Peers_are_told_in_their_own_form_and_understood_in_it(PubsubPeerKind kind)
    {
        var h = new MachineHarness();
        h.Join();
        h.AddPeers(1, 6);
        h.AddPeers(7, 1, kind: kind);
        using var author = Identity.Generate();
        var message = Authored(author, 256, 2000);
        var form = MessageIds.Default(Topic, kind)!;
        var theirs = message.IdBy(form);
        Assert.NotEqual(message.Id, theirs);

        // Promised in their form, kept by anyone.
        for (ulong n = 1; n <= 5; n++)
        {
            var promised = Authored(author, n, 10);
            h.Receive(7, c => c.IHave.Add(new(Topic, [promised.IdBy(form)])));
            Assert.Contains(promised.IdBy(form), h.SentTo(7).Last().IWant);
            h.Receive(2, promised);
            h.Clear();
            h.Receive(7, c => c.IHave.Add(new(Topic, [promised.IdBy(form)])));
            Assert.Empty(h.SentTo(7));
        }
        h.Receive(1, message);
        h.Clear();
        h.Pass(TimeSpan.FromSeconds(5));
        Assert.True(h.Score(7) >= 0, $"Its score is {h.Score(7)}.");
        Assert.Contains(theirs, h.SentTo(7).SelectMany(c => c.IHave).SelectMany(i => i.Ids));
        Assert.DoesNotContain(message.Id, h.SentTo(7).SelectMany(c => c.IHave).SelectMany(i => i.Ids));

        // What they ask for in their form they get.
        var later = Authored(author, 1000, 10);
        h.Receive(1, later);
        h.Clear();
        h.Receive(7, c => c.IWant.Add(later.IdBy(form)));
        Assert.Equal([7], h.Recipients(later));
    }

    [Fact]
    public void Peers_of_unknown_form_are_told_nothing_and_not_punished()
    {
        var h = new MachineHarness();
        h.Join();
        h.AddPeers(1, 6);
        h.AddPeers(7, 1, kind: PubsubPeerKind.Unknown);
        h.Receive(1, h.Message(length: 5000));
        h.Pass(TimeSpan.FromSeconds(2));
        Assert.DoesNotContain(h.SentTo(7), c => c.HasGossip);
        for (byte i = 0; i < 8; i++)
            h.Receive(7, c => c.IHave.Add(new(Topic, [new([i, 1])])));
        h.Pass(TimeSpan.FromSeconds(5));
        Assert.True(h.Score(7) >= 0);
    }

    [Fact]
    public void The_mesh_is_told_of_large_messages_and_only_those_who_know_what_it_means()
    {
        var h = new MachineHarness();
        h.Join();
        h.AddPeers(1, 3);
        h.AddPeers(4, 1, GossipsubVersion.V11);
        h.AddPeers(5, 1, kind: PubsubPeerKind.Js);
        h.Clear();
        var small = h.Message(length: 1023);
        h.Receive(1, small);
        Assert.Empty(h.Sent(c => c.IDontWant.Count > 0));
        using var author = Identity.Generate();
        var large = Authored(author, 1, 1024);
        h.Receive(1, large);
        Assert.Equal([2, 3, 5], h.Sent(c => c.IDontWant.Count == 1).Order());
        Assert.Equal(large.IdBy(MessageIds.KeyAndNumber), h.SentTo(5).SelectMany(c => c.IDontWant).Single());
    }

    [Fact]
    public void What_is_not_wanted_is_not_sent()
    {
        var h = new MachineHarness();
        h.Join();
        h.AddPeers(1, 3);
        var message = h.Message();
        h.Receive(2, c => c.IDontWant.Add(message.Id));
        h.Receive(1, message);
        Assert.Equal([3], h.Recipients(message));
        // What may be on its way already is called back.
        h.Receive(3, c => c.IDontWant.Add(message.Id));
        Assert.Equal(message.Id, Assert.Single(h.Effects.OfType<GossipsubEffect.CancelMessage>()).Id);
        h.Pass(TimeSpan.FromSeconds(4));
        Assert.Equal(0, h.Machine.Describe().Peers.Sum(p => p.UnwantedMessages));
    }

    [Fact]
    public void Idontwant_is_bounded()
    {
        var h = new MachineHarness();
        h.Join();
        h.AddPeers(1, 1);
        h.Receive(1, c =>
        {
            for (var i = 0; i < 1000; i++)
                c.IDontWant.Add(new(BitConverter.GetBytes(i).AsSpan()));
        });
        Assert.Equal(512, h.Machine.Describe().Peers.Single().UnwantedMessages);
    }

    [Fact]
    public void Gossip_of_a_peer_of_low_score_is_ignored()
    {
        var h = new MachineHarness();
        h.Join();
        h.AddPeers(1, 1);
        for (var i = 0; i < 4; i++)
            h.Do(new GossipsubInput.PeerMisbehaved(h.Peer(1)));
        Assert.InRange(h.Score(1), -79, -11);
        h.Receive(1, c => c.IHave.Add(new(Topic, [new([1])])));
        Assert.Empty(h.Sent(c => c.IWant.Count > 0));
    }

    private static GossipMessage Authored(Identity author, ulong number, int length) =>
        MessageSignature.Create(author, Topic, new byte[length], number, MessageIds.Origin);
}
