using System.Text;
using Libp2p.Protocols.Gossipsub;
using Libp2p.Protocols.Identify;
using Libp2p.Tests.Support;

namespace Libp2p.Tests.Protocols.Gossipsub;

/// <summary>A peer that breaks the bounds, over real streams: nothing of it is taken, an honest peer is heard all the same, and the score of the guilty falls.</summary>
public sealed class GossipsubAttackTests : IAsyncLifetime
{
    private const string Topic = "room";

    private readonly TestNodes _nodes = new();
    private readonly GossipsubService _victim = new(new GossipsubOptions());
    private readonly GossipsubService _honest = new(new GossipsubOptions());
    private Libp2pNode _victimNode = null!;
    private IPubsubSubscription _subscription = null!;
    private HostilePeer _attacker = null!;

    public async ValueTask InitializeAsync()
    {
        _victimNode = await _nodes.StartAsync(new IdentifyService(), _victim);
        var honestNode = await _nodes.StartAsync(new IdentifyService(), _honest);
        _subscription = _victim.Subscribe(Topic);
        await honestNode.DialAsync(_victimNode);
        _attacker = await HostilePeer.ConnectAsync(_nodes, _victimNode);
        await _attacker.SendAsync(c => c.Subscriptions.Add(new(Topic, true)));
        await UntilAsync(() => _victim.GetSubscribers(Topic).Contains(_attacker.Peer) && _honest.GetSubscribers(Topic).Count == 1);
    }

    public async ValueTask DisposeAsync()
    {
        await HonestIsHeardAsync();
        _subscription.Dispose();
        await _nodes.DisposeAsync();
    }

    /// <summary>Each side speaks on the stream that it opened: js-libp2p takes an answer on its own for an error.</summary>
    [Fact]
    public async Task Nothing_is_answered_on_the_stream_that_a_peer_opened()
    {
        await _attacker.HearAsync(c => c.Graft.Contains(Topic));
        await _attacker.SendAsync(c => c.Prune.Add(new(Topic, 60, [])));
        await _attacker.SendAsync(c => c.Graft.Add(Topic));
        await _attacker.HearAsync(c => c.Prune.Count > 0);
        Assert.False(_attacker.IsAnswered);
    }

    [Fact]
    public async Task A_wrong_signature_is_refused_and_blamed()
    {
        var part = MessageSignature.Create(_attacker.Identity, Topic, "truth"u8, 1, MessageIds.Origin).Part.ToArray();
        "fraud"u8.CopyTo(part.AsSpan(part.AsSpan().IndexOf("truth"u8)));
        await _attacker.SendRpcAsync(part);
        await UntilAsync(() => _victim.Inspect().Counters.Refused > 0);
        Assert.True(Score() < 0);
    }

    [Fact]
    public async Task A_message_without_signature_is_refused_and_blamed()
    {
        await _attacker.SendRpcAsync(MessageSignature.Create(null, Topic, "nobody"u8, 1, MessageIds.DataHash).Part);
        await UntilAsync(() => Score() < 0);
    }

    [Fact]
    public async Task A_message_in_another_s_name_is_refused_and_blamed()
    {
        MessageCodec.TryRead(MessageSignatureTests.Body(MessageSignature.Create(_attacker.Identity, Topic, "in your name"u8, 1, MessageIds.Origin)), out var fields);
        fields.From = Identity.Generate().PeerId.Span;
        fields.Key = _attacker.Identity.PublicKey.Encoded.Span;
        var part = MessageCodec.Encode(fields, out _);
        await _attacker.SendRpcAsync(part);
        await UntilAsync(() => Score() < 0);
    }

    [Fact]
    public async Task A_message_beyond_the_bound_is_refused_and_blamed()
    {
        await _attacker.SendRpcAsync(MessageSignature.Create(_attacker.Identity, Topic, new byte[(60 * 1024) + 1], 1, MessageIds.Origin).Part);
        await UntilAsync(() => Score() < 0);
    }

    [Fact]
    public async Task What_is_no_rpc_ends_the_stream_and_is_punished()
    {
        for (var i = 0; i < 4; i++)
        {
            await _attacker.SendUntilEndAsync(new byte[] { 3, 0x0b, 0x0b, 0x0b });
            await _attacker.OpenAsync(_victimNode.Identity.PeerId);
        }
        await UntilAsync(() => Score() < 0);
    }

    [Fact]
    public async Task An_rpc_beyond_the_bound_ends_the_stream_before_it_is_read_and_is_punished()
    {
        var length = new byte[Varint.MaxLength];
        for (var i = 0; i < 4; i++)
        {
            await _attacker.SendUntilEndAsync(length.AsMemory(0, Varint.Write(length, GossipsubOptions.MaxRpcLength + 1)));
            await _attacker.OpenAsync(_victimNode.Identity.PeerId);
        }
        await UntilAsync(() => Score() < 0);
    }

    [Fact]
    public async Task More_topics_than_a_peer_may_have_are_not_noted_and_punished()
    {
        for (var rpc = 0; rpc < 16; rpc++)
            await _attacker.SendAsync(c => c.Subscriptions.AddRange(Enumerable.Range(0, RpcCodec.MaxSubscriptions).Select(i => new SubscriptionChange($"{rpc}/{i}", true))));
        await UntilAsync(() => Score() < 0);
        Assert.InRange(_victim.Inspect().Topics.Count, RpcCodec.MaxSubscriptions, 1024);
        await _attacker.Node.DisposeAsync();
        await UntilAsync(() => _victim.Inspect().Topics.Count == 1);
    }

    /// <summary>What others drop, and we too: each of these four times is below zero.</summary>
    public static TheoryData<string> Excesses => ["control beyond 16 KiB", "a topic beyond 1 KiB", "17 peers in one prune", "5,001 messages"];

    [Theory]
    [MemberData(nameof(Excesses))]
    public async Task What_is_beyond_a_bound_of_an_rpc_is_not_taken_and_punished(string excess)
    {
        byte[] graft = RpcCodecTests.Field(3, RpcCodecTests.Field(1, Encoding.ASCII.GetBytes(Topic)));
        byte[] named = RpcCodecTests.Field(2, [.. RpcCodecTests.Field(1, _attacker.Peer.Span.ToArray())]);
        byte[] rpc = excess switch
        {
            "control beyond 16 KiB" => RpcCodecTests.Field(3, [.. Enumerable.Repeat(graft, 1 + (RpcCodec.MaxControlLength / graft.Length)).SelectMany(b => b)]),
            "a topic beyond 1 KiB" => RpcCodecTests.Field(1, [0x08, 1, .. RpcCodecTests.Field(2, new byte[IPubsub.MaxTopicLength + 1])]),
            "17 peers in one prune" => RpcCodecTests.Field(3, RpcCodecTests.Field(4, [.. RpcCodecTests.Field(1, "another"u8.ToArray()), .. Enumerable.Repeat(named, 17).SelectMany(b => b)])),
            _ => [.. Enumerable.Repeat(RpcCodecTests.Field(2, []), RpcCodec.MaxMessages + 1).SelectMany(b => b)],
        };
        var topics = _victim.Inspect().Topics.Count;
        for (var i = 0; i < 4; i++)
            await _attacker.SendRpcAsync(rpc);
        await UntilAsync(() => Score() < 0);
        Assert.Equal(topics, _victim.Inspect().Topics.Count);
    }

    [Fact]
    public async Task Topics_without_number_are_not_noted_and_punished()
    {
        for (var rpc = 0; rpc < 5; rpc++)
        {
            var bytes = new List<byte>();
            for (var i = 0; i < 20_000; i++)
                bytes.AddRange(RpcCodecTests.Field(1, [0x08, 1, .. RpcCodecTests.Field(2, Encoding.ASCII.GetBytes($"{rpc}/{i}"))]));
            await _attacker.SendRpcAsync(bytes.ToArray());
        }
        await UntilAsync(() => Score() < 0);
        Assert.InRange(_victim.Inspect().Topics.Count, 1, 1 + (5 * RpcCodec.MaxSubscriptions));
        await _attacker.Node.DisposeAsync();
        await UntilAsync(() => _victim.Inspect().Topics.Count == 1);
    }

    [Fact]
    public async Task Grafts_after_a_prune_are_refused_and_punished()
    {
        await _attacker.SendAsync(c => c.Prune.Add(new(Topic, ulong.MaxValue, [])));
        // A fourth one is not even answered: by then it is graylisted.
        for (var i = 0; i < 3; i++)
        {
            await _attacker.SendAsync(c => c.Graft.Add(Topic));
            Assert.Equal(60ul, (await _attacker.HearAsync(c => c.Prune.Count > 0)).Prune.Single().BackoffSeconds);
        }
        await UntilAsync(() => Score() < 0);
        Assert.DoesNotContain(_attacker.Peer, _victim.Inspect().Topics.Single(t => t.Name == Topic).Mesh);
    }

    [Fact]
    public async Task Nothing_more_is_taken_of_the_graylisted()
    {
        for (var i = 0; i < 6; i++)
            await _attacker.SendRpcAsync(MessageSignature.Create(null, Topic, Encoding.ASCII.GetBytes($"{i}"), 1, MessageIds.DataHash).Part);
        await UntilAsync(() => Score() < -80);
        var refused = _victim.Inspect().Counters.Refused;
        await _attacker.SendAsync(c => c.Subscriptions.Add(new("another", true)));
        await HonestIsHeardAsync();
        Assert.DoesNotContain(_victim.Inspect().Topics, t => t.Name == "another");
        Assert.InRange(refused, 2, 6);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        var patience = TestNodes.Patience;
        while (!condition())
            await Task.Delay(5, patience);
    }

    private double Score() => _victim.Inspect().Peers.SingleOrDefault(p => p.Peer == _attacker.Peer)?.Score.Score ?? 0;

    private async Task HonestIsHeardAsync()
    {
        Assert.Equal(1, (await _honest.PublishAsync(Topic, Guid.NewGuid().ToByteArray(), TestNodes.Patience)).Recipients);
        await foreach (var message in _subscription.WithCancellation(TestNodes.Patience))
        {
            Assert.NotEqual(_attacker.Peer, message.From);
            break;
        }
    }
}
