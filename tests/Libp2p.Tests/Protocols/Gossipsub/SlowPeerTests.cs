using Libp2p.Protocols.Gossipsub;
using Libp2p.Protocols.Identify;
using Libp2p.Testing;
using Libp2p.Tests.Support;

namespace Libp2p.Tests.Protocols.Gossipsub;

/// <summary>A peer that reads nothing of what it is sent: it is waited for up to a deadline, left out and counted; the others miss nothing.</summary>
public sealed class SlowPeerTests : IAsyncLifetime
{
    private const string Topic = "room";

    private readonly TestNodes _nodes = new();
    private readonly ManualTimeProvider _time = new();
    private readonly GossipsubService _honest = new();
    private GossipsubService _publisher = null!;
    private Libp2pNode _publisherNode = null!;
    private HostilePeer _deaf = null!;

    public async ValueTask InitializeAsync()
    {
        _publisher = new GossipsubService(new GossipsubOptions { MaxQueuedMessages = 8, MaxQueuedControl = 16 }, _time);
        _publisherNode = await _nodes.StartAsync(new IdentifyService(), _publisher);
        var honestNode = await _nodes.StartAsync(new IdentifyService(), _honest);
        await honestNode.DialAsync(_publisherNode);
        _deaf = await HostilePeer.ConnectAsync(_nodes, _publisherNode, isDeaf: true);
        await _deaf.SendAsync(c => c.Subscriptions.Add(new(Topic, true)));
    }

    public ValueTask DisposeAsync() => _nodes.DisposeAsync();

    [Fact]
    public async Task Publishing_waits_until_the_deadline_then_leaves_the_laggard_out_and_counts_it()
    {
        using var subscription = _honest.Subscribe(Topic, new SubscriptionOptions { Capacity = 10_000 });
        await UntilAsync(() => _publisher.GetSubscribers(Topic).Count == 2);
        var sent = 0;
        // Its window and its queue fill, and then it is waited for.
        Task<PublishResult> publishing;
        do
            publishing = PublishAsync(sent++);
        while (await IsDoneAsync(publishing));

        Assert.Equal(0, _publisher.Inspect().Counters.Laggards);
        Assert.Equal(8, Queued(_deaf.Peer));
        _time.Advance(new GossipsubOptions().PublishTimeout - TimeSpan.FromMilliseconds(1));
        Assert.False(publishing.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        var result = await publishing;
        Assert.Equal((1, 1), (result.Recipients, result.Laggards));
        Assert.Equal(1, _publisher.Inspect().Counters.Laggards);

        // It is not waited for again until it has read something.
        result = await PublishAsync(sent++);
        Assert.Equal((1, 1), (result.Recipients, result.Laggards));

        // Who is slow is not to blame, and costs what its queue holds and no more.
        Assert.Equal(8, Queued(_deaf.Peer));
        Assert.True(_publisher.Inspect().Peers.Single(p => p.Peer == _deaf.Peer).Score.Score >= 0);
        var count = 0;
        await foreach (var message in subscription.WithCancellation(TestNodes.Patience))
        {
            Assert.Equal(count, BitConverter.ToInt32(message.Data.Span));
            if (++count == sent)
                break;
        }
        _deaf.Listen();
        await UntilAsync(() => Queued(_deaf.Peer) == 0);
        Assert.Equal(2, (await PublishAsync(sent)).Recipients);
    }

    [Fact]
    public async Task Whoever_publishes_may_give_up_waiting_and_those_with_room_have_it()
    {
        using var subscription = _honest.Subscribe(Topic, new SubscriptionOptions { Capacity = 10_000 });
        await UntilAsync(() => _publisher.GetSubscribers(Topic).Count == 2);
        using var patience = new CancellationTokenSource();
        var sent = 0;
        Task<PublishResult> publishing;
        do
            publishing = PublishAsync(sent++, patience.Token);
        while (await IsDoneAsync(publishing));
        await patience.CancelAsync();
        var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => publishing);
        Assert.Equal(patience.Token, cancelled.CancellationToken);
        await UntilAsync(() => _honest.Inspect().Counters.Delivered == sent);
    }

    [Fact]
    public async Task Control_that_has_no_room_begins_a_new_stream_that_tells_everything_anew()
    {
        // Fills the window of the stream, and the queue behind it.
        using var hearing = _honest.Subscribe(Topic, new SubscriptionOptions { Capacity = 10_000 });
        await UntilAsync(() => _publisher.GetSubscribers(Topic).Count == 2);
        using var filled = new CancellationTokenSource();
        var sent = 0;
        Task<PublishResult> publishing;
        do
            publishing = PublishAsync(sent++, filled.Token);
        while (await IsDoneAsync(publishing));
        await filled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => publishing);
        List<IPubsubSubscription> subscriptions = [];
        for (var i = 0; i < 40; i++)
            subscriptions.Add(_publisher.Subscribe($"topic {i}"));
        for (var i = 0; i < 20; i++)
            subscriptions[i].Dispose();
        // The stream that nobody reads has been given up; a second later comes another.
        _deaf.Listen();
        await UntilAsync(() =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            return _deaf.HeardStreams >= 2;
        });
        var heard = await _deaf.HearAsync(c => c.Subscriptions.Count >= 20);
        Assert.Equal(Enumerable.Range(20, 20).Select(i => $"topic {i}"), heard.Subscriptions.Where(s => s.Subscribe).Select(s => s.Topic).Order(StringComparer.Ordinal));
        foreach (var subscription in subscriptions)
            subscription.Dispose();
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        var patience = TestNodes.Patience;
        while (!condition())
            await Task.Delay(5, patience);
    }

    /// <summary>Whether a message has gone to all; if it has gone to all but the one that reads nothing, it is not.</summary>
    private async Task<bool> IsDoneAsync(Task publishing)
    {
        // Whoever reads has read all that was published, while the other one is waited for.
        await UntilAsync(() => publishing.IsCompleted || (Queued(_deaf.Peer) == 8 && _honest.Inspect().Counters.Received == _publisher.Inspect().Counters.Published));
        return publishing.IsCompleted;
    }

    private int Queued(PeerId peer) => _publisher.Inspect().Peers.Single(p => p.Peer == peer).QueuedMessages;

    private Task<PublishResult> PublishAsync(int number, CancellationToken cancellationToken = default)
    {
        var data = new byte[16 * 1024];
        BitConverter.TryWriteBytes(data, number);
        return _publisher.PublishAsync(Topic, data, cancellationToken).AsTask();
    }
}
