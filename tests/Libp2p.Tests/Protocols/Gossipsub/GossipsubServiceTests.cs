using System.Text;
using Libp2p.Protocols.Gossipsub;
using Libp2p.Protocols.Identify;
using Libp2p.Testing;
using Libp2p.Tests.Support;

namespace Libp2p.Tests.Protocols.Gossipsub;

public sealed class GossipsubServiceTests : IAsyncDisposable
{
    private const string Topic = "room";

    private readonly TestNodes _nodes = new();

    public ValueTask DisposeAsync() => _nodes.DisposeAsync();

    [Fact]
    public async Task A_message_reaches_a_subscriber_with_its_author_proven()
    {
        var (a, b) = await PairAsync();
        using var subscription = b.Pubsub.Subscribe(Topic);
        await UntilAsync(() => a.Pubsub.GetSubscribers(Topic).Count == 1);
        var result = await a.Pubsub.PublishAsync(Topic, "hello"u8.ToArray(), TestNodes.Patience);
        Assert.Equal((1, 0), (result.Recipients, result.Laggards));
        var message = (await ReadAsync(subscription, 1)).Single();
        Assert.Equal("hello", Encoding.UTF8.GetString(message.Data.Span));
        Assert.Equal(a.Node.Identity.PeerId, message.From);
        Assert.Equal(a.Node.Identity.PeerId, message.ReceivedFrom);
        Assert.True(message.IsSigned);
        Assert.Equal((result.Id, result.SequenceNumber), (message.Id, message.SequenceNumber));
    }

    [Fact]
    public async Task Messages_cross_a_line_of_nodes_once_and_in_order()
    {
        List<Side> line = [];
        for (var i = 0; i < 4; i++)
        {
            line.Add(await StartAsync());
            if (i > 0)
                await line[i].Node.DialAsync(line[i - 1].Node);
        }
        var subscriptions = line.ConvertAll(s => s.Pubsub.Subscribe(Topic));
        await UntilAsync(() => line.TrueForAll(s => s.Pubsub.Inspect().Topics.Single(t => t.Name == Topic) is { Mesh.Count: > 0 } t && t.Mesh.Count == t.Subscribers.Count)
            && line[1].Pubsub.GetSubscribers(Topic).Count == 2 && line[2].Pubsub.GetSubscribers(Topic).Count == 2);
        for (var i = 0; i < 100; i++)
            await line[0].Pubsub.PublishAsync(Topic, BitConverter.GetBytes(i), TestNodes.Patience);
        Assert.Equal(Enumerable.Range(0, 100), (await ReadAsync(subscriptions[3], 100)).Select(m => BitConverter.ToInt32(m.Data.Span)));
        await line[3].Pubsub.PublishAsync(Topic, BitConverter.GetBytes(-1), TestNodes.Patience);
        Assert.Equal(-1, BitConverter.ToInt32((await ReadAsync(subscriptions[0], 1)).Single().Data.Span));
        foreach (var subscription in subscriptions)
            subscription.Dispose();
    }

    [Fact]
    public async Task A_burst_waits_for_the_slow_and_loses_nothing()
    {
        var (a, b) = await PairAsync(o => o.MaxQueuedMessages = 16);
        using var subscription = b.Pubsub.Subscribe(Topic, new SubscriptionOptions { Capacity = 3000 });
        await UntilAsync(() => a.Pubsub.GetSubscribers(Topic).Count == 1);
        for (var i = 0; i < 2000; i++)
            Assert.Equal(0, (await a.Pubsub.PublishAsync(Topic, BitConverter.GetBytes(i), TestNodes.Patience)).Laggards);
        Assert.Equal(Enumerable.Range(0, 2000), (await ReadAsync(subscription, 2000)).Select(m => BitConverter.ToInt32(m.Data.Span)));
        Assert.Equal(0, a.Pubsub.Inspect().Counters.Laggards);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40 * 1024)]
    [InlineData(1024 * 1024)]
    public async Task Messages_of_all_sizes_arrive(int length)
    {
        var (a, b) = await PairAsync(o => o.MaxMessageLength = 1024 * 1024);
        using var subscription = b.Pubsub.Subscribe(Topic);
        await UntilAsync(() => a.Pubsub.GetSubscribers(Topic).Count == 1);
        var data = TestRandom.Bytes(length);
        await a.Pubsub.PublishAsync(Topic, data, TestNodes.Patience);
        Assert.Equal(data, (await ReadAsync(subscription, 1)).Single().Data.ToArray());
    }

    [Fact]
    public async Task Without_signatures_messages_name_nobody()
    {
        var (a, b) = await PairAsync(o => o.SignaturePolicy = SignaturePolicy.StrictNoSign);
        using var subscription = b.Pubsub.Subscribe(Topic);
        await UntilAsync(() => a.Pubsub.GetSubscribers(Topic).Count == 1);
        var result = await a.Pubsub.PublishAsync(Topic, "anybody"u8.ToArray(), TestNodes.Patience);
        var message = (await ReadAsync(subscription, 1)).Single();
        Assert.Null(message.From);
        Assert.Null(message.SequenceNumber);
        Assert.Null(result.SequenceNumber);
        Assert.False(message.IsSigned);
        // The same again is the same message.
        Assert.Equal(Libp2pError.Refused, (await Assert.ThrowsAsync<Libp2pException>(async () => await a.Pubsub.PublishAsync(Topic, "anybody"u8.ToArray()))).Error);
    }

    [Fact]
    public async Task Validators_judge_what_comes_and_what_goes()
    {
        var (a, b) = await PairAsync();
        using var subscription = b.Pubsub.Subscribe(Topic);
        using var validator = b.Pubsub.AddValidator(Topic, async (message, token) =>
        {
            await Task.Yield();
            return message.Data.Span[0] switch { 0 => PubsubVerdict.Reject, 1 => PubsubVerdict.Ignore, 2 => throw new InvalidOperationException(), _ => PubsubVerdict.Accept };
        });
        Assert.Throws<InvalidOperationException>(() => b.Pubsub.AddValidator(Topic, (_, _) => new(PubsubVerdict.Accept)));
        await UntilAsync(() => a.Pubsub.GetSubscribers(Topic).Count == 1);
        for (byte i = 0; i < 4; i++)
            await a.Pubsub.PublishAsync(Topic, new[] { i }, TestNodes.Patience);
        Assert.Equal(3, (await ReadAsync(subscription, 1)).Single().Data.Span[0]);
        await UntilAsync(() => b.Pubsub.Inspect().Counters is { Rejected: 1, Ignored: 2 });
        Assert.True(b.Pubsub.Inspect().Peers.Single().Score.Score < 0);
        Assert.Equal(Libp2pError.Refused, (await Assert.ThrowsAsync<Libp2pException>(async () => await b.Pubsub.PublishAsync(Topic, new byte[] { 0 }))).Error);
    }

    [Fact]
    public async Task A_subscription_is_active_from_the_call_and_reports_its_gaps()
    {
        var (a, b) = await PairAsync();
        using var subscription = b.Pubsub.Subscribe(Topic, new SubscriptionOptions { Capacity = 3 });
        await UntilAsync(() => a.Pubsub.GetSubscribers(Topic).Count == 1);
        for (byte i = 0; i < 10; i++)
            await a.Pubsub.PublishAsync(Topic, new[] { i }, TestNodes.Patience);
        await UntilAsync(() => b.Pubsub.Inspect().Counters.Delivered == 10);
        var messages = await ReadAsync(subscription, 3);
        Assert.Equal([7, 8, 9], messages.Select(m => m.Data.Span[0]));
        Assert.Equal([7, 0, 0], messages.Select(m => m.MissedBefore));
        Assert.Equal(7, subscription.Missed);
    }

    [Fact]
    public async Task The_last_to_leave_a_topic_unsubscribes()
    {
        var (a, b) = await PairAsync();
        var first = b.Pubsub.Subscribe(Topic);
        var second = b.Pubsub.Subscribe(Topic);
        await UntilAsync(() => a.Pubsub.GetSubscribers(Topic).Count == 1);
        first.Dispose();
        Assert.Equal([Topic], b.Pubsub.Topics);
        second.Dispose();
        Assert.Empty(b.Pubsub.Topics);
        await UntilAsync(() => a.Pubsub.GetSubscribers(Topic).Count == 0);
        Assert.Equal(0, (await a.Pubsub.PublishAsync(Topic, "nobody"u8.ToArray())).Recipients);
    }

    [Fact]
    public async Task What_a_blocked_author_wrote_is_not_taken()
    {
        var (a, b) = await PairAsync();
        using var subscription = b.Pubsub.Subscribe(Topic);
        await UntilAsync(() => a.Pubsub.GetSubscribers(Topic).Count == 1);
        b.Pubsub.Block(a.Node.Identity.PeerId);
        await a.Pubsub.PublishAsync(Topic, new byte[] { 1 }, TestNodes.Patience);
        await UntilAsync(() => a.Pubsub.Inspect().Counters.Sent > 0);
        b.Pubsub.Unblock(a.Node.Identity.PeerId);
        await a.Pubsub.PublishAsync(Topic, new byte[] { 2 }, TestNodes.Patience);
        // The first may have been read only after the block was lifted; it may not have come twice.
        Assert.Contains((await ReadAsync(subscription, 1)).Single().Data.Span[0], new byte[] { 1, 2 });
    }

    [Fact]
    public async Task Floodsub_is_spoken_with_those_that_know_no_more()
    {
        var a = await StartAsync();
        var b = await StartAsync(o => o.MaxVersion = GossipsubVersion.Floodsub);
        await a.Node.DialAsync(b.Node);
        using var atA = a.Pubsub.Subscribe(Topic);
        using var atB = b.Pubsub.Subscribe(Topic);
        await UntilAsync(() => a.Pubsub.GetSubscribers(Topic).Count == 1 && b.Pubsub.GetSubscribers(Topic).Count == 1);
        Assert.Equal(GossipsubVersion.Floodsub, a.Pubsub.Inspect().Peers.Single().Version);
        await a.Pubsub.PublishAsync(Topic, new byte[] { 1 }, TestNodes.Patience);
        await b.Pubsub.PublishAsync(Topic, new byte[] { 2 }, TestNodes.Patience);
        Assert.Equal(1, (await ReadAsync(atB, 1)).Single().Data.Span[0]);
        Assert.Equal(2, (await ReadAsync(atA, 1)).Single().Data.Span[0]);
    }

    [Fact]
    public async Task Bad_arguments_are_refused()
    {
        var a = await StartAsync(o => (o.SubscriptionFilter, o.MaxTopics) = (t => t != "no", 2));
        Assert.Throws<ArgumentException>(() => a.Pubsub.Subscribe(""));
        Assert.Throws<ArgumentException>(() => a.Pubsub.Subscribe(new string('é', 513)));
        Assert.Equal(Libp2pError.Refused, Assert.Throws<Libp2pException>(() => a.Pubsub.Subscribe("no")).Error);
        a.Pubsub.Subscribe("1");
        a.Pubsub.Subscribe("2");
        Assert.Equal(Libp2pError.LimitReached, Assert.Throws<Libp2pException>(() => a.Pubsub.Subscribe("3")).Error);
        await Assert.ThrowsAsync<ArgumentException>(async () => await a.Pubsub.PublishAsync("1", new byte[(60 * 1024) + 1]));
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        var patience = TestNodes.Patience;
        while (!condition())
            await Task.Delay(5, patience);
    }

    private static async Task<List<PubsubMessage>> ReadAsync(IPubsubSubscription subscription, int count)
    {
        List<PubsubMessage> messages = [];
        await foreach (var message in subscription.WithCancellation(TestNodes.Patience))
        {
            messages.Add(message);
            if (messages.Count == count)
                break;
        }
        return messages;
    }

    private async Task<Side> StartAsync(Action<GossipsubOptions>? configure = null)
    {
        var options = new GossipsubOptions();
        configure?.Invoke(options);
        var service = new GossipsubService(options);
        return new Side(await _nodes.StartAsync(new IdentifyService(), service), service);
    }

    private async Task<(Side A, Side B)> PairAsync(Action<GossipsubOptions>? configure = null)
    {
        var (a, b) = (await StartAsync(configure), await StartAsync(configure));
        await a.Node.DialAsync(b.Node);
        return (a, b);
    }

    private sealed record Side(Libp2pNode Node, GossipsubService Pubsub);
}
