using Libp2p.Protocols.Gossipsub;
using Libp2p.Testing;
using Libp2p.Transports.Memory;

namespace Libp2p.Tests.Protocols.Gossipsub;

/// <summary>One message to fifty subscribers: signed once, encoded once.</summary>
public sealed class FanOutTests
{
    private const string Topic = "room";
    private const int Subscribers = 50;

    [Fact]
    public async Task A_message_to_fifty_subscribers_is_signed_once_and_encoded_once()
    {
        var network = new MemoryNetwork();
        var signer = new CountingSigner();
        await using var publisher = await Builder(network, 1).UseIdentity(Identity.FromPrivateKey(signer.Key)).StartAsync(TestContext.Current.CancellationToken);
        var pubsub = publisher.Get<GossipsubService>();
        List<Libp2pNode> nodes = [];
        List<IPubsubSubscription> subscriptions = [];
        try
        {
            for (var i = 0; i < Subscribers; i++)
            {
                nodes.Add(await Builder(network, 2 + i).StartAsync(TestContext.Current.CancellationToken));
                subscriptions.Add(nodes[i].Get<GossipsubService>().Subscribe(Topic));
                await nodes[i].ConnectAsync(publisher.Addresses[0], TestContext.Current.CancellationToken);
            }
            var patience = Support.TestNodes.Patience;
            while (pubsub.GetSubscribers(Topic).Count < Subscribers)
                await Task.Delay(5, patience);

            // Each of them is encoded for all peers when this call returns, on this thread: a second encoding of any would show.
            var data = new byte[16 * 1024];
            const int Messages = 5;
            var least = long.MaxValue;
            for (var i = 0; i < Messages; i++)
            {
                data[0] = (byte)i;
                var before = GC.GetAllocatedBytesForCurrentThread();
                var publishing = pubsub.PublishAsync(Topic, data, TestContext.Current.CancellationToken);
                least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
                var result = await publishing;
                Assert.Equal((Subscribers, 0), (result.Recipients, result.Laggards));
            }
            Assert.Equal(Messages, signer.PubsubSignatures);
            Assert.InRange(least, data.Length, data.Length * 3 / 2);
            foreach (var subscription in subscriptions)
                Assert.Equal(Messages, await CountAsync(subscription, Messages));
        }
        finally
        {
            foreach (var node in nodes)
                await node.DisposeAsync();
        }
    }

    /// <summary>What each stream is sent is the one encoding itself.</summary>
    [Fact]
    public void All_queues_hold_the_same_message()
    {
        var harness = new MachineHarness();
        harness.AddPeers(1, Subscribers);
        harness.Join();
        harness.Clear();
        var message = harness.Message(author: 0);
        harness.Do(new GossipsubInput.Published(message));
        var sent = harness.Effects.OfType<GossipsubEffect.SendMessage>().ToList();
        Assert.Equal(Subscribers, sent.Count);
        Assert.All(sent, s => Assert.Same(message, s.Message));
    }

    private static NodeBuilder Builder(MemoryNetwork network, int port) =>
        Libp2pNode.CreateBuilder().UseMemory(network).UseNoise().UseYamux().AddIdentify().AddGossipsub().Listen($"/memory/{port}");

    private static async Task<int> CountAsync(IPubsubSubscription subscription, int expected)
    {
        var count = 0;
        await foreach (var message in subscription.WithCancellation(Support.TestNodes.Patience))
        {
            Assert.True(message.IsSigned);
            if (++count == expected)
                break;
        }
        return count;
    }

    /// <summary>An Ed25519 key that counts what it signs for pubsub; handshakes and records are signed by it too.</summary>
    private sealed class CountingSigner : Signer
    {
        private readonly PrivateKey _inner = PrivateKey.Generate();
        private int _signatures;

        public CountingSigner() => Key = new PrivateKey(new PrivateKeyParts(new byte[64], _inner.PublicKey, this));

        public PrivateKey Key { get; }

        public int PubsubSignatures => Volatile.Read(ref _signatures);

        public override byte[] Sign(ReadOnlySpan<byte> message)
        {
            if (message.StartsWith("libp2p-pubsub:"u8))
                Interlocked.Increment(ref _signatures);
            return _inner.Sign(message);
        }

        public override void Dispose() => _inner.Dispose();
    }
}
