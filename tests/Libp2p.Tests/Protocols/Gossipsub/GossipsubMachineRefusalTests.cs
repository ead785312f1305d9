using Libp2p.Protocols.Gossipsub;

namespace Libp2p.Tests.Protocols.Gossipsub;

/// <summary>What was refused does not come again, its sender is blamed once, and nothing forged stands in the way of the true message.</summary>
public sealed class GossipsubMachineRefusalTests
{
    private const string Topic = MachineHarness.Topic;
    private const string Other = "another topic";

    [Theory]
    [InlineData(PubsubVerdict.Reject)]
    [InlineData(PubsubVerdict.Ignore)]
    public void What_its_author_signed_is_asked_for_of_nobody_once_it_was_refused(PubsubVerdict verdict)
    {
        var h = Started();
        var message = h.Message();
        Assert.True(h.Receive(1, message, verdict));
        var score = h.Score(1);
        Assert.Equal(verdict == PubsubVerdict.Reject, score < 0);
        for (var peer = 1; peer <= 3; peer++)
            h.Receive(peer, c => c.IHave.Add(new(Topic, [message.Id])));
        Assert.Empty(Asked(h));
        Assert.Equal(score, h.Score(1));
    }

    [Fact]
    public void A_forgery_is_not_asked_for_of_its_sender_again_and_the_true_message_is_taken_of_others()
    {
        var h = Started();
        using var author = Identity.Generate();
        var message = MessageSignature.Create(author, Topic, "true"u8, 1, MessageIds.Origin);
        var forged = Forge(message);
        Assert.True(h.Machine.IsNew(h.Peer(1), Topic, forged.Id, MessageSignatureTests.Body(forged), h.Now));
        h.Machine.Begin(forged);
        // Who sends the same while it is being checked shares its fate.
        Assert.False(h.Machine.IsNew(h.Peer(2), Topic, forged.Id, MessageSignatureTests.Body(forged), h.Now));
        h.Do(new GossipsubInput.MessageForged(h.Peer(1), forged));
        var blamed = h.Score(1);
        Assert.True(blamed < 0 && h.Score(2) < 0);
        for (var peer = 1; peer <= 3; peer++)
            h.Receive(peer, c => c.IHave.Add(new(Topic, [message.Id])));
        Assert.Equal([3], Asked(h));
        Assert.Equal(blamed, h.Score(1));
        Assert.True(h.Receive(3, message));
        Assert.Single(h.Effects.OfType<GossipsubEffect.Deliver>());
        Assert.True(h.Score(3) >= 0);
    }

    [Theory]
    [InlineData(PubsubVerdict.Reject)]
    [InlineData(PubsubVerdict.Ignore)]
    public void What_was_refused_in_one_topic_is_judged_anew_in_another_that_knows_it_by_the_same_id(PubsubVerdict verdict)
    {
        var h = Started(o => o.SignaturePolicy = SignaturePolicy.StrictNoSign);
        var (here, there) = (Anonymous(Topic), Anonymous(Other));
        Assert.Equal(here.Id, there.Id);
        Assert.True(h.Receive(1, here, verdict));
        Assert.False(h.Machine.IsSeen(here.Id));
        Assert.True(h.Receive(2, there));
        Assert.Equal(there, Assert.Single(h.Effects.OfType<GossipsubEffect.Deliver>()).Message);
        Assert.True(h.Score(2) >= 0);
    }

    [Fact]
    public void What_was_refused_for_its_content_is_neither_asked_for_nor_judged_again()
    {
        var h = Started(o => o.SignaturePolicy = SignaturePolicy.StrictNoSign);
        var message = Anonymous(Topic);
        Assert.True(h.Receive(1, message, PubsubVerdict.Reject));
        for (var peer = 1; peer <= 3; peer++)
            h.Receive(peer, c => c.IHave.Add(new(Topic, [message.Id])));
        Assert.Empty(Asked(h));
        // In the other topic it may be good.
        h.Receive(2, c => c.IHave.Add(new(Other, [message.Id])));
        Assert.Equal([2], Asked(h));
        h.Clear();
        Assert.False(h.Receive(3, message));
        Assert.Empty(h.Effects);
        Assert.True(h.Score(3) < 0);
    }

    [Fact]
    public void What_was_ignored_for_its_content_harms_nobody()
    {
        var h = Started(o => o.SignaturePolicy = SignaturePolicy.StrictNoSign);
        var message = Anonymous(Topic);
        Assert.True(h.Receive(1, message, PubsubVerdict.Ignore));
        Assert.False(h.Receive(2, message));
        Assert.Empty(h.Recipients(message));
        Assert.True(h.Score(1) >= 0 && h.Score(2) >= 0);
    }

    [Fact]
    public void What_is_being_judged_for_its_content_is_not_asked_for_and_its_copies_share_the_verdict()
    {
        var h = Started(o => o.SignaturePolicy = SignaturePolicy.StrictNoSign);
        var message = Anonymous(Topic, 2000);
        Assert.True(h.Machine.IsNew(h.Peer(1), Topic, message.Id, MessageSignatureTests.Body(message), h.Now));
        h.Do(new GossipsubInput.MessageVerified(h.Peer(1), message));
        Assert.False(h.Machine.IsNew(h.Peer(2), Topic, message.Id, MessageSignatureTests.Body(message), h.Now));
        h.Receive(3, c => c.IHave.Add(new(Topic, [message.Id])));
        Assert.Empty(Asked(h));
        // Nobody is told that it is here before it is known to be any good.
        Assert.Empty(h.Sent(c => c.IDontWant.Count > 0));
        h.Do(new GossipsubInput.MessageJudged(h.Peer(1), message, PubsubVerdict.Accept));
        Assert.Equal([2, 3], h.Sent(c => c.IDontWant.Contains(message.Id)).Order());
        Assert.Single(h.Effects.OfType<GossipsubEffect.Deliver>());
        Assert.True(h.Machine.IsSeen(message.Id));
        Assert.Equal(0, h.Machine.Describe().Caches.UnprovenMessages);
    }

    /// <summary>An id of the content says nothing about who signed it.</summary>
    [Theory]
    [InlineData(PubsubVerdict.Reject)]
    [InlineData(PubsubVerdict.Ignore)]
    public void What_a_stranger_signed_does_not_stand_in_the_way_of_the_same_content_by_another(PubsubVerdict verdict)
    {
        var h = Started(o => o.MessageIdRule = (_, _) => MessageIds.DataHash);
        using Identity stranger = Identity.Generate(), member = Identity.Generate();
        var (his, hers) = (Signed(stranger), Signed(member));
        Assert.Equal(his.Id, hers.Id);
        h.Machine.Begin(his);
        h.Do(new GossipsubInput.MessageVerified(h.Peer(1), his));
        // While the one is being judged, the other comes, is checked and judged by itself.
        Assert.True(h.Receive(2, hers));
        Assert.Equal(hers, Assert.Single(h.Effects.OfType<GossipsubEffect.Deliver>()).Message);
        h.Do(new GossipsubInput.MessageJudged(h.Peer(1), his, verdict));
        Assert.Single(h.Effects.OfType<GossipsubEffect.Deliver>());
        Assert.Equal(verdict == PubsubVerdict.Reject, h.Score(1) < 0);
        Assert.True(h.Score(2) >= 0);

        GossipMessage Signed(Identity author) => MessageSignature.Create(author, Topic, "content"u8, 1, MessageIds.DataHash);
    }

    [Fact]
    public void After_the_verdict_on_a_stranger_s_the_same_content_by_another_is_asked_for_and_taken()
    {
        var h = Started(o => o.MessageIdRule = (_, _) => MessageIds.DataHash);
        using Identity stranger = Identity.Generate(), member = Identity.Generate();
        var his = MessageSignature.Create(stranger, Topic, "content"u8, 1, MessageIds.DataHash);
        var hers = MessageSignature.Create(member, Topic, "content"u8, 1, MessageIds.DataHash);
        Assert.True(h.Receive(1, his, PubsubVerdict.Reject));
        h.Receive(1, c => c.IHave.Add(new(Topic, [hers.Id])));
        h.Receive(2, c => c.IHave.Add(new(Topic, [hers.Id])));
        Assert.Equal([2], Asked(h));
        Assert.True(h.Receive(2, hers));
        Assert.Equal(hers, Assert.Single(h.Effects.OfType<GossipsubEffect.Deliver>()).Message);
        // The first of an id that was accepted is the one.
        Assert.False(h.Receive(3, his));
        Assert.True(h.Score(3) >= 0);
    }

    [Fact]
    public void Of_two_that_are_accepted_under_one_id_one_is_delivered()
    {
        var h = Started(o => o.MessageIdRule = (_, _) => MessageIds.DataHash);
        using Identity one = Identity.Generate(), two = Identity.Generate();
        var first = MessageSignature.Create(one, Topic, "content"u8, 1, MessageIds.DataHash);
        var second = MessageSignature.Create(two, Topic, "content"u8, 1, MessageIds.DataHash);
        h.Do(new GossipsubInput.MessageVerified(h.Peer(1), first));
        h.Do(new GossipsubInput.MessageVerified(h.Peer(2), second));
        h.Do(new GossipsubInput.MessageJudged(h.Peer(2), second, PubsubVerdict.Accept));
        h.Do(new GossipsubInput.MessageJudged(h.Peer(1), first, PubsubVerdict.Accept));
        Assert.Equal(second, Assert.Single(h.Effects.OfType<GossipsubEffect.Deliver>()).Message);
        Assert.Empty(h.Recipients(first));
        Assert.Equal(0, h.Machine.Describe().Caches.UnprovenMessages);
    }

    /// <summary>Where not all is signed, anybody may say that he is the author.</summary>
    [Theory]
    [InlineData(SignaturePolicy.LaxSign)]
    [InlineData(SignaturePolicy.LaxNoSign)]
    public void What_only_says_its_author_does_not_stand_in_the_way_of_what_he_signed(SignaturePolicy policy)
    {
        var h = Started(o => (o.SignaturePolicy, o.MessageIdRule) = (policy, (_, _) => MessageIds.Origin));
        using var author = Identity.Generate();
        var message = MessageSignature.Create(author, Topic, "true"u8, 1, MessageIds.Origin);
        var claim = Unsigned(message);
        Assert.Equal(message.Id, claim.Id);
        Assert.True(h.Receive(1, claim, PubsubVerdict.Reject));
        Assert.False(h.Machine.IsSeen(message.Id));
        Assert.True(h.Receive(2, message));
        Assert.Equal(message, Assert.Single(h.Effects.OfType<GossipsubEffect.Deliver>()).Message);
    }

    [Theory]
    [InlineData(nameof(MessageRefusal.Blocked))]
    [InlineData(nameof(MessageRefusal.OwnMessage))]
    public void Who_sends_what_was_asked_for_is_not_punished_though_it_is_not_taken(string reason)
    {
        var h = Started();
        for (var i = 0; i < 5; i++)
        {
            var message = h.Message();
            for (var peer = 1; peer <= 2; peer++)
                h.Receive(peer, c => c.IHave.Add(new(Topic, [message.Id])));
            Refuse(h, 1, Enum.Parse<MessageRefusal>(reason), message);
            h.Receive(1, c => c.IHave.Add(new(Topic, [message.Id])));
        }
        Assert.Equal(5, Asked(h).Count(p => p == 1));
        h.Pass(TimeSpan.FromSeconds(5));
        Assert.True(h.Score(1) >= 0);
        // The other has sent nothing.
        Assert.True(h.Score(2) < 0);
    }

    [Theory]
    [InlineData(nameof(MessageRefusal.TooLarge), true)]
    [InlineData(nameof(MessageRefusal.Blocked), true)]
    [InlineData(nameof(MessageRefusal.Malformed), false)]
    public void A_promise_is_kept_with_a_message_that_is_not_taken_but_not_with_what_is_none(string reason, bool isKept)
    {
        var h = Started();
        var message = h.Message();
        h.Receive(1, c => c.IHave.Add(new(Topic, [message.Id])));
        Assert.Equal(1, h.Machine.Describe().Caches.Promises);
        // Nobody keeps another's.
        Refuse(h, 2, MessageRefusal.Blocked, message);
        Assert.Equal(1, h.Machine.Describe().Caches.Promises);
        Refuse(h, 1, Enum.Parse<MessageRefusal>(reason), message);
        Assert.Equal(isKept ? 0 : 1, h.Machine.Describe().Caches.Promises);
    }

    [Theory]
    [InlineData(SignaturePolicy.StrictSign, nameof(MessageRefusal.Unsigned))]
    [InlineData(SignaturePolicy.StrictNoSign, nameof(MessageRefusal.Signed))]
    public void A_peer_of_another_policy_is_not_asked_for_what_it_sent(SignaturePolicy policy, string reason)
    {
        var h = Started(o => o.SignaturePolicy = policy);
        using var author = Identity.Generate();
        var message = policy == SignaturePolicy.StrictSign ? Anonymous(Topic) : MessageSignature.Create(author, Topic, "signed"u8, 1, MessageIds.Origin);
        Refuse(h, 1, Enum.Parse<MessageRefusal>(reason), message);
        var score = h.Score(1);
        Assert.True(score < 0);
        h.Receive(1, c => c.IHave.Add(new(Topic, [message.Id])));
        Assert.Empty(Asked(h));
        h.Receive(2, c => c.IHave.Add(new(Topic, [message.Id])));
        Assert.Equal([2], Asked(h));
        Assert.Equal(score, h.Score(1));
    }

    [Fact]
    public void What_a_peer_sent_in_vain_is_remembered_in_its_own_form()
    {
        var h = Started();
        h.AddPeers(4, 1, kind: PubsubPeerKind.Js);
        using var author = Identity.Generate();
        var message = MessageSignature.Create(author, Topic, "true"u8, 1, MessageIds.Origin);
        var forged = Forge(message);
        h.Machine.Begin(forged);
        h.Do(new GossipsubInput.MessageForged(h.Peer(4), forged));
        h.Receive(4, c => c.IHave.Add(new(Topic, [message.IdBy(MessageIds.KeyAndNumber)])));
        Assert.Empty(Asked(h));
    }

    [Fact]
    public void What_is_remembered_of_refusals_is_bounded_and_forgotten_in_time()
    {
        var h = Started(o => o.SignaturePolicy = SignaturePolicy.StrictNoSign);
        var messages = Enumerable.Range(0, RefusedMessages.Capacity + 1).Select(i => MessageSignature.Create(null, Topic, BitConverter.GetBytes(i), 0, MessageIds.DataHash)).ToList();
        foreach (var message in messages)
            h.Receive(1, message, PubsubVerdict.Ignore);
        // The oldest was forgotten, and is judged once more; not so the last.
        Assert.True(h.Receive(2, messages[0], PubsubVerdict.Ignore));
        Assert.False(h.Receive(2, messages[^1], PubsubVerdict.Ignore));
        h.Pass(h.Options.SeenTtl + TimeSpan.FromSeconds(1));
        Assert.True(h.Receive(2, messages[^1], PubsubVerdict.Ignore));
    }

    [Fact]
    public void What_one_peer_sent_in_vain_is_bounded_and_forgotten_in_time()
    {
        var ids = new UnwelcomeIds();
        for (var i = 0; i <= UnwelcomeIds.Capacity; i++)
        {
            ids.Add(new(BitConverter.GetBytes(i).AsSpan()), TimeSpan.FromSeconds(i));
            ids.Add(new(BitConverter.GetBytes(i).AsSpan()), TimeSpan.FromSeconds(i));
        }
        Assert.False(Contains(0));
        Assert.True(Contains(1) && Contains(UnwelcomeIds.Capacity));
        ids.Expire(TimeSpan.FromSeconds(UnwelcomeIds.Capacity - 1));
        Assert.False(Contains(UnwelcomeIds.Capacity - 1));
        Assert.True(Contains(UnwelcomeIds.Capacity));

        bool Contains(int i) => ids.Contains(new(BitConverter.GetBytes(i).AsSpan()));
    }

    [Fact]
    public void Nothing_of_what_is_being_judged_outlives_its_topic()
    {
        var h = new MachineHarness(o => o.SignaturePolicy = SignaturePolicy.StrictNoSign);
        h.Join();
        h.AddPeers(1, 1);
        var message = Anonymous(Topic);
        h.Do(new GossipsubInput.MessageVerified(h.Peer(1), message));
        Assert.Equal(1, h.Machine.Describe().Caches.UnprovenMessages);
        h.Do(new GossipsubInput.Left(Topic));
        h.Do(new GossipsubInput.PeerRemoved(h.Peer(1), 1));
        h.Do(new GossipsubInput.MessageJudged(h.Peer(1), message, PubsubVerdict.Accept));
        Assert.Equal(0, h.Machine.Describe().Caches.UnprovenMessages);
    }

    private static MachineHarness Started(Action<GossipsubOptions>? configure = null)
    {
        var h = new MachineHarness(configure);
        h.Join();
        h.Do(new GossipsubInput.Joined(Other));
        h.AddPeers(1, 3);
        return h;
    }

    /// <summary>The peers that were asked for messages, each as often as it was.</summary>
    private static IEnumerable<int> Asked(MachineHarness h) => h.Sent(c => c.IWant.Count > 0);

    private static GossipMessage Anonymous(string topic, int length = 4) => MessageSignature.Create(null, topic, new byte[length], 0, MessageIds.DataHash);

    private static void Refuse(MachineHarness h, int peer, MessageRefusal refusal, GossipMessage message)
    {
        Assert.True(MessageCodec.TryRead(MessageSignatureTests.Body(message), out var fields));
        h.Machine.Refuse(h.Peer(peer), message.Topic, refusal, fields, message.From, h.Now);
    }

    /// <summary>The same id and other content under the same signature.</summary>
    private static GossipMessage Forge(GossipMessage message)
    {
        Assert.True(MessageCodec.TryRead(MessageSignatureTests.Body(message), out var fields));
        fields.Data = "forged"u8;
        return MessageSignature.Make(fields, message.Topic, message.From, message.Id);
    }

    private static GossipMessage Unsigned(GossipMessage message)
    {
        Assert.True(MessageCodec.TryRead(MessageSignatureTests.Body(message), out var fields));
        fields.Data = "claimed"u8;
        fields.Signature = fields.Key = default;
        return MessageSignature.Make(fields, message.Topic, message.From, message.Id);
    }
}
