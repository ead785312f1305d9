using Libp2p.Protocols.Gossipsub;
using Libp2p.Protocols.Identify;
using Libp2p.Tests.Support;

namespace Libp2p.Tests.Protocols.Gossipsub;

/// <summary>RPCs of many messages, some of them known, some bad, over real streams.</summary>
public sealed class MessageIntakeTests : IAsyncLifetime
{
    private const string Topic = "room";
    private const int Count = 200;

    private readonly TestNodes _nodes = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _nodes.DisposeAsync();

    [Theory]
    [InlineData(SignaturePolicy.StrictNoSign)]
    [InlineData(SignaturePolicy.StrictSign)]
    public async Task Of_one_rpc_each_message_is_delivered_once_and_in_order(SignaturePolicy policy)
    {
        // No heartbeat, which would let messages out of the history.
        var pubsub = new GossipsubService(new GossipsubOptions { SignaturePolicy = policy, HeartbeatInterval = TimeSpan.FromHours(1) });
        var node = await _nodes.StartAsync(new IdentifyService(), pubsub);
        using var first = pubsub.Subscribe(Topic);
        using var second = pubsub.Subscribe(Topic);
        var readers = new[] { first, second }.Select(ReadAsync).ToArray();
        var peer = await HostilePeer.ConnectAsync(_nodes, node);
        List<byte> rpc = [];
        for (var i = 0; i < Count; i++)
        {
            var part = Part(peer, policy, i, Topic);
            // Every message twice, and between them what is none, and what is nobody's.
            rpc.AddRange([.. part, .. part, .. i % 50 == 0 ? [0x12, 1, 0xff] : Array.Empty<byte>(), .. Part(peer, policy, i, "elsewhere")]);
        }
        await peer.SendRpcAsync(rpc.ToArray());
        foreach (var reader in readers)
            Assert.Equal(Enumerable.Range(0, Count), await reader);
        // The last copies may come behind the last message.
        while (pubsub.Inspect().Counters is not { Delivered: Count, Duplicates: Count, Refused: Count / 50 })
            await Task.Delay(5, TestNodes.Patience);
        Assert.Equal(Count, pubsub.Inspect().Caches.HistoryMessages);
    }

    private static byte[] Part(HostilePeer peer, SignaturePolicy policy, int number, string topic)
    {
        var isSigned = policy == SignaturePolicy.StrictSign;
        return MessageSignature.Create(isSigned ? peer.Identity : null, topic, BitConverter.GetBytes(number), (ulong)number + 1, isSigned ? MessageIds.Origin : MessageIds.DataHash).Part.ToArray();
    }

    private static async Task<List<int>> ReadAsync(IPubsubSubscription subscription)
    {
        List<int> numbers = [];
        await foreach (var message in subscription.WithCancellation(TestNodes.Patience))
        {
            numbers.Add(BitConverter.ToInt32(message.Data.Span));
            if (numbers.Count == Count)
                break;
        }
        return numbers;
    }
}
