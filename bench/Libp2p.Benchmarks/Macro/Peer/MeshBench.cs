using System.Buffers.Binary;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Libp2p.Protocols.Gossipsub;

namespace Libp2p.Benchmarks.Macro.Peer;

/// <summary>
/// <c>bench-mesh {nodes?, degree?, bytes?, messages?, seconds?}</c>: so many nodes in this process over the loopback interface, each dialling so many
/// others; first single messages one after the other, whose way is timed, then all nodes publishing as fast as they can.
/// </summary>
internal static class MeshBench
{
    private const string Topic = "mesh";

    public static async Task<JsonObject> RunAsync(PeerCommand command)
    {
        var count = (int)command.Number("nodes", 20);
        var degree = (int)command.Number("degree", 5);
        var bytes = (int)command.Number("bytes", 1024);
        List<Libp2pNode> nodes = [];
        List<Reader> readers = [];
        try
        {
            for (var i = 0; i < count; i++)
            {
                nodes.Add(await PeerNode.StartPubsubAsync());
                readers.Add(new Reader(nodes[i].Get<GossipsubService>().Subscribe(Topic, new SubscriptionOptions { Capacity = 100_000 })));
            }
            for (var i = 0; i < count; i++)
            {
                for (var j = 1; j <= degree; j++)
                    await nodes[i].ConnectAsync(nodes[(i + (j * j)) % count].Addresses[0]);
            }
            await Task.Delay(TimeSpan.FromSeconds(3));
            var messages = (int)command.Number("messages", 300);
            // The first are for the compiler.
            foreach (var warm in new[] { true, false })
            {
                readers.ForEach(r => r.Times.Clear());
                for (var i = 0; i < messages; i++)
                {
                    await PublishAsync(nodes[i % count], bytes);
                    await Task.Delay(10);
                }
                await Task.Delay(TimeSpan.FromSeconds(warm ? 0.1 : 2));
            }
            var times = readers.SelectMany(r => r.Times.ToArray()).Order().ToArray();
            var before = Count(nodes);
            var cpu = Environment.CpuUsage.TotalTime;
            var start = Stopwatch.GetTimestamp();
            var limit = TimeSpan.FromSeconds(command.Real("seconds", 5));
            await Task.WhenAll(nodes.Select(node => Task.Run(async () =>
            {
                while (Stopwatch.GetElapsedTime(start) < limit)
                    await PublishAsync(node, bytes);
            })));
            var elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
            var after = Count(nodes);
            var delivered = after.Delivered - before.Delivered;
            return new JsonObject
            {
                ["what"] = "mesh",
                ["nodes"] = count,
                ["timed"] = times.Length,
                ["expected"] = messages * (count - 1),
                ["p50_ms"] = times[times.Length / 2],
                ["p99_ms"] = times[times.Length * 99 / 100],
                ["per_second"] = delivered / elapsed,
                ["cpu_us"] = (Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / delivered,
                ["copies"] = (double)(after.Received - before.Received) / delivered,
                ["dropped"] = after.Dropped,
                ["laggards"] = after.Laggards,
            };
        }
        finally
        {
            foreach (var node in nodes)
                await node.DisposeAsync();
        }
    }

    private static (long Received, long Delivered, long Dropped, long Laggards) Count(List<Libp2pNode> nodes)
    {
        var counters = nodes.ConvertAll(n => n.Get<GossipsubService>().Inspect().Counters);
        return (counters.Sum(c => c.Received), counters.Sum(c => c.Delivered), counters.Sum(c => c.Dropped), counters.Sum(c => c.Laggards));
    }

    private static async Task PublishAsync(Libp2pNode node, int bytes)
    {
        var data = new byte[bytes];
        BinaryPrimitives.WriteInt64LittleEndian(data, Stopwatch.GetTimestamp());
        await node.Get<GossipsubService>().PublishAsync(Topic, data);
    }

    /// <summary>Times the way of each message from its payload's time stamp.</summary>
    private sealed class Reader
    {
        public Reader(IPubsubSubscription subscription) => _ = RunAsync(subscription);

        public System.Collections.Concurrent.ConcurrentQueue<double> Times { get; } = [];

        private async Task RunAsync(IPubsubSubscription subscription)
        {
            await foreach (var message in subscription)
                Times.Enqueue(Stopwatch.GetElapsedTime(BinaryPrimitives.ReadInt64LittleEndian(message.Data.Span)).TotalMilliseconds);
        }
    }
}
