using System.Collections.Concurrent;
using Libp2p.Protocols.Gossipsub;
using Libp2p.Testing.Simulation;

namespace Libp2p.Simulation.Tests.Gossip;

/// <summary>
/// Twenty whole nodes, streams and signatures and all, that talk in a room on a network with seeded latency, loss, a partition and
/// deaths of connections. LIBP2P_SEED repeats the faults, not the order of everything: what is shown is what must hold in any order.
/// </summary>
public sealed class GossipCrowdTests(ITestOutputHelper output)
{
    const int Count = 20;
    const string Room = "room";

    static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    [Fact]
    public async Task Everyone_hears_everything_once_through_loss_a_partition_and_deaths()
    {
        var network = new SimulatedNetwork();
        var random = new Random(network.Seed);
        var nodes = new List<Member>();
        for (var i = 0; i < Count; i++)
        {
            for (var other = 0; other < i; other++)
            {
                network.SetConditions(Name(i), Name(other), new LinkConditions
                {
                    Latency = TimeSpan.FromMilliseconds(random.Next(10, 150)),
                    Jitter = TimeSpan.FromMilliseconds(random.Next(0, 20)),
                    Loss = random.NextDouble() * 0.03,
                });
            }
            nodes.Add(new Member(await Nodes.StartAsync(network, Name(i), b => b.AddIdentify().AddGossipsub())));
        }

        // A ring, and chords across it.
        var edges = new HashSet<(int From, int To)>();
        for (var i = 0; i < Count; i++)
        {
            edges.Add((i, (i + 1) % Count));
            edges.Add((i, (i + random.Next(2, Count / 2)) % Count));
            edges.Add((i, (i + random.Next(2, Count / 2)) % Count));
        }
        await ConnectAsync(edges);
        await WaitAsync("everyone in a mesh", () => nodes.TrueForAll(n => n.MeshCount >= 3));

        var sent = await TalkAsync(3);
        await WaitAsync("everything heard", () => nodes.TrueForAll(n => n.HasHeard(sent)));

        // What is said while the network is cut in two crosses the cut once it is healed: the links are silent, not gone.
        network.Partition([.. Enumerable.Range(0, Count / 2).Select(Name)], [.. Enumerable.Range(Count / 2, Count / 2).Select(Name)]);
        sent = await TalkAsync(1);
        await network.RunAsync(TimeSpan.FromSeconds(3), Step);
        Assert.All(nodes, n => Assert.False(n.HasHeard(sent), "Something came through the partition."));
        network.Heal();
        await WaitAsync("what was said during the partition", () => nodes.TrueForAll(n => n.HasHeard(sent)));

        // Connections die while people talk: whoever has any left, and asks about what it missed, misses nothing.
        var broken = Break(edges, random);
        var during = TalkAsync(2);
        foreach (var (from, to) in broken)
            network.Kill(Name(from), Name(to));
        sent = await during;
        await ConnectAsync(broken);
        await network.RunAsync(TimeSpan.FromSeconds(10), Step);
        var heard = nodes.Sum(n => n.CountHeard(sent));
        output.WriteLine($"{edges.Count} connections, {broken.Count} broken: {heard} of {sent.Count * (Count - 1)} deliveries of what was said meanwhile; {network.Time.Elapsed} of virtual time");
        Assert.InRange(heard, sent.Count * (Count - 1) * 0.9, sent.Count * (Count - 1));
        await WaitAsync("everyone in a mesh again", () => nodes.TrueForAll(n => n.MeshCount >= 3));
        sent = await TalkAsync(1);
        await WaitAsync("what was said afterwards", () => nodes.TrueForAll(n => n.HasHeard(sent)));

        Assert.All(nodes, n => Assert.Equal(0, n.Twice));
        Assert.All(nodes, n => Assert.Equal(0, n.Pubsub.Inspect().Counters.Laggards));
        Assert.All(nodes, n => Assert.DoesNotContain(n.Pubsub.Inspect().Peers, p => p.Score.Score < 0));
        await network.RunUntilAsync(Task.WhenAll(nodes.Select(n => n.DisposeAsync().AsTask())), Limit, Step);
        await network.RunUntilAsync(network.LinksEnded, Limit, Step);
        await Nodes.HoldNothingAsync(nodes.Select(n => n.Node));

        Task ConnectAsync(IEnumerable<(int From, int To)> pairs) => network.RunUntilAsync(
            Task.WhenAll(pairs.Select(e => nodes[e.From].Node.ConnectAsync(nodes[e.To].Node.Addresses[0]).AsTask())), Limit, Step);

        // Everyone says so many things; each member's own are not among what it is to hear.
        async Task<List<(PeerId Author, PubsubMessageId Id)>> TalkAsync(int times)
        {
            List<(PeerId, PubsubMessageId)> said = [];
            for (var i = 0; i < times; i++)
            {
                foreach (var node in nodes)
                {
                    var publishing = node.Pubsub.PublishAsync(Room, new byte[random.Next(1, 3000)]).AsTask();
                    await network.RunUntilAsync(publishing, Limit, Step);
                    said.Add((node.Node.Identity.PeerId, (await publishing).Id));
                }
            }
            return said;
        }

        async Task WaitAsync(string what, Func<bool> holds)
        {
            for (var waited = 0; waited < 60; waited++)
            {
                if (holds())
                    return;
                await network.RunAsync(TimeSpan.FromSeconds(1), Step);
            }
            Assert.Fail($"After a minute of virtual time, not yet: {what}.");
        }
    }

    /// <summary>A quarter of the connections, and none of the last two that a node has: who is cut off altogether misses what is said meanwhile.</summary>
    static List<(int From, int To)> Break(IReadOnlyCollection<(int From, int To)> edges, Random random)
    {
        var left = new int[Count];
        foreach (var (from, to) in edges)
        {
            left[from]++;
            left[to]++;
        }
        List<(int From, int To)> broken = [];
        foreach (var (from, to) in edges)
        {
            if (random.Next(4) != 0 || left[from] <= 2 || left[to] <= 2)
                continue;
            left[from]--;
            left[to]--;
            broken.Add((from, to));
        }
        return broken;
    }

    static string Name(int i) => $"node{i}";

    /// <summary>A node in the room, and what it heard there.</summary>
    sealed class Member : IAsyncDisposable
    {
        readonly ConcurrentDictionary<PubsubMessageId, int> _heard = [];
        readonly IPubsubSubscription _subscription;
        readonly Task _listening;

        public Member(Libp2pNode node)
        {
            Node = node;
            Pubsub = node.Get<GossipsubService>();
            _subscription = Pubsub.Subscribe(Room);
            _listening = ListenAsync();
        }

        public Libp2pNode Node { get; }

        public GossipsubService Pubsub { get; }

        public int MeshCount => Pubsub.Inspect().Topics.Single(t => t.Name == Room).Mesh.Count;

        /// <summary>Messages that it heard more than once.</summary>
        public int Twice => _heard.Values.Count(times => times > 1);

        public int CountHeard(List<(PeerId Author, PubsubMessageId Id)> sent) => sent.Count(m => m.Author != Node.Identity.PeerId && _heard.ContainsKey(m.Id));

        public bool HasHeard(List<(PeerId Author, PubsubMessageId Id)> sent) => CountHeard(sent) == sent.Count(m => m.Author != Node.Identity.PeerId);

        public async ValueTask DisposeAsync()
        {
            _subscription.Dispose();
            await _listening;
            await Node.DisposeAsync();
        }

        async Task ListenAsync()
        {
            await foreach (var message in _subscription)
                _heard.AddOrUpdate(message.Id, 1, static (_, times) => times + 1);
        }
    }
}
