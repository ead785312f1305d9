using System.IO.Pipelines;
using System.Security.Cryptography;
using Libp2p.Protocols.Identify;
using Libp2p.Protocols.Ping;
using Libp2p.Testing;
using Libp2p.Testing.Simulation;

namespace Libp2p.Simulation.Tests;

/// <summary>Twenty nodes on a network with seeded latency, loss, a partition and deaths. LIBP2P_SEED repeats a run.</summary>
public sealed class CrowdTests(ITestOutputHelper output)
{
    const int Count = 20;

    static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    static readonly TimeSpan Step = TimeSpan.FromMilliseconds(5);

    [Fact]
    public async Task Twenty_nodes_keep_their_word_through_loss_a_partition_and_deaths()
    {
        var network = new SimulatedNetwork();
        var random = new Random(network.Seed);
        for (var a = 0; a < Count; a++)
        {
            for (var b = 0; b < a; b++)
            {
                network.SetConditions(Name(a), Name(b), new LinkConditions
                {
                    Latency = TimeSpan.FromMilliseconds(random.Next(1, 150)),
                    Jitter = TimeSpan.FromMilliseconds(random.Next(0, 20)),
                    Loss = random.NextDouble() * 0.03,
                });
            }
        }
        var nodes = new List<Libp2pNode>();
        for (var i = 0; i < Count; i++)
        {
            nodes.Add(await Nodes.StartAsync(network, Name(i), builder => builder.AddPing().AddIdentify()));
            nodes[i].Handle(Nodes.Echo, Nodes.EchoAsync);
        }

        // A ring, and chords across it.
        var edges = new HashSet<(int From, int To)>();
        for (var i = 0; i < Count; i++)
        {
            edges.Add((i, (i + 1) % Count));
            edges.Add((i, (i + random.Next(2, Count / 2)) % Count));
        }
        await RunAsync(network, edges.Select(e => nodes[e.From].ConnectAsync(nodes[e.To].Addresses[0]).AsTask()));
        await WaitAsync(network, "identify everywhere", () => AllAsync(nodes, IsIdentifiedAsync));
        await RunAsync(network, edges.Select(e => nodes[e.From].Get<PingService>().PingAsync(nodes[e.To].Identity.PeerId).AsTask()));
        await RunAsync(network, edges.Select(e => TransferAsync(nodes[e.From], nodes[e.To], random.Next())));

        // A partition that is shorter than the keepalive: what was under way goes on afterwards, whole.
        var crossing = edges.Where(e => e.From < Count / 2 != e.To < Count / 2).ToList();
        network.Partition([.. Enumerable.Range(0, Count / 2).Select(Name)], [.. Enumerable.Range(Count / 2, Count / 2).Select(Name)]);
        var transfers = crossing.Select(e => TransferAsync(nodes[e.From], nodes[e.To], random.Next())).ToList();
        await network.RunAsync(TimeSpan.FromSeconds(5), Step);
        Assert.All(transfers, transfer => Assert.False(transfer.IsCompleted, "Something came through the partition."));
        network.Heal();
        await RunAsync(network, transfers);

        // Links that break: the ends see it, and may connect anew.
        var broken = edges.Where(_ => random.Next(4) == 0).ToList();
        foreach (var (from, to) in broken)
            network.Kill(Name(from), Name(to));
        await WaitAsync(network, "the broken links seen", () => Task.FromResult(broken.TrueForAll(e => !nodes[e.From].Peers.Contains(nodes[e.To].Identity.PeerId))));
        await RunAsync(network, broken.Select(e => TransferAsync(nodes[e.From], nodes[e.To], random.Next())));

        // A longer one: every connection across it ends.
        network.Partition([.. Enumerable.Range(0, Count / 2).Select(Name)], [.. Enumerable.Range(Count / 2, Count / 2).Select(Name)]);
        await WaitAsync(network, "the partition noticed", () => Task.FromResult(
            crossing.TrueForAll(e => !nodes[e.From].Peers.Contains(nodes[e.To].Identity.PeerId) && !nodes[e.To].Peers.Contains(nodes[e.From].Identity.PeerId))));
        network.Heal();
        await RunAsync(network, crossing.Select(e => TransferAsync(nodes[e.From], nodes[e.To], random.Next())));

        await RunAsync(network, nodes.Select(node => node.DisposeAsync().AsTask()));
        await RunAsync(network, [network.LinksEnded]);
        await Nodes.HoldNothingAsync(nodes);
        output.WriteLine($"{edges.Count} connections, {broken.Count} broken, {crossing.Count} cut, {network.Time.Elapsed} of virtual time");
    }

    static string Name(int i) => $"node{i}";

    static Task RunAsync(SimulatedNetwork network, IEnumerable<Task> tasks) => network.RunUntilAsync(Task.WhenAll(tasks), Limit, Step);

    static async Task WaitAsync(SimulatedNetwork network, string what, Func<Task<bool>> holds)
    {
        for (var waited = 0; waited < 120; waited++)
        {
            if (await holds())
                return;
            await network.RunAsync(TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(20));
        }
        Assert.Fail($"After two minutes of virtual time, not yet: {what}.");
    }

    static async Task<bool> AllAsync(List<Libp2pNode> nodes, Func<Libp2pNode, Task<bool>> holds)
    {
        foreach (var node in nodes)
        {
            if (!await holds(node))
                return false;
        }
        return true;
    }

    static async Task<bool> IsIdentifiedAsync(Libp2pNode node)
    {
        foreach (var peer in node.Peers)
        {
            if (await node.PeerStore.GetAsync(peer) is not { } info || !info.Protocols.Contains(IdentifyService.Protocol) || !info.Protocols.Contains(Nodes.Echo))
                return false;
        }
        return node.Peers.Count > 0;
    }

    static async Task TransferAsync(Libp2pNode from, Libp2pNode to, int seed)
    {
        var bytes = TestRandom.Bytes(40_000, seed);
        await using var stream = await from.OpenStreamAsync(to.Identity.PeerId, Nodes.Echo);
        await stream.Output.WriteAsync(bytes);
        await stream.Output.CompleteAsync();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        while (true)
        {
            var read = await stream.Input.ReadAsync();
            foreach (var segment in read.Buffer)
                hash.AppendData(segment.Span);
            stream.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                break;
        }
        Assert.Equal(SHA256.HashData(bytes), hash.GetHashAndReset());
    }
}
