using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Libp2p.Protocols.Gossipsub;

namespace Libp2p.Benchmarks.Macro.Peer;

/// <summary>Publish and subscribe of this node, by the commands of <c>interop/js-libp2p</c>: subscriptions are quiet, messages only counted.</summary>
internal sealed class PubsubBench(Libp2pNode node)
{
    private readonly ConcurrentDictionary<string, Count> _counts = new();

    public JsonObject Subscribe(string topic)
    {
        var count = _counts[topic] = new Count(node.Get<GossipsubService>().Subscribe(topic, new SubscriptionOptions { Capacity = 100_000 }));
        _ = count.RunAsync();
        return new JsonObject { ["topic"] = topic };
    }

    public JsonObject Unsubscribe(string topic)
    {
        if (_counts.TryRemove(topic, out var count))
            count.Subscription.Dispose();
        return new JsonObject { ["topic"] = topic };
    }

    public async Task<JsonObject> PublishAsync(string topic, int bytes, int count)
    {
        var pubsub = node.Get<GossipsubService>();
        var data = new byte[bytes];
        var start = Stopwatch.GetTimestamp();
        var began = Instant(start);
        var laggards = 0;
        for (var i = 0; i < count; i++)
        {
            // No two the same, or they would be one where messages are known by their content.
            BinaryPrimitives.WriteInt64LittleEndian(data, start + i);
            laggards += (await pubsub.PublishAsync(topic, data)).Laggards;
        }
        return new JsonObject { ["topic"] = topic, ["count"] = count, ["laggards"] = laggards, ["seconds"] = Stopwatch.GetElapsedTime(start).TotalSeconds, ["began_at"] = began };
    }

    /// <summary>A moment of this process's clock as seconds since 1970, which other processes know too.</summary>
    private static double Instant(long timestamp) => (TimeProvider.System.GetUtcNow() - Stopwatch.GetElapsedTime(timestamp) - DateTimeOffset.UnixEpoch).TotalSeconds;

    public JsonObject Counted(string topic) => _counts[topic].Read();

    public JsonObject Peers(string topic) => new() { ["subscribers"] = new JsonArray([.. node.Get<GossipsubService>().GetSubscribers(topic).Select(p => JsonValue.Create(p.ToString()))]) };

    private sealed class Count(IPubsubSubscription subscription)
    {
        private long _messages, _bytes, _first, _last;

        public IPubsubSubscription Subscription => subscription;

        public async Task RunAsync()
        {
            await foreach (var message in subscription)
            {
                Volatile.Write(ref _last, Stopwatch.GetTimestamp());
                if (Volatile.Read(ref _messages) == 0)
                    Volatile.Write(ref _first, _last);
                Volatile.Write(ref _bytes, _bytes + message.Data.Length);
                Volatile.Write(ref _messages, _messages + 1);
            }
        }

        public JsonObject Read() => new()
        {
            ["messages"] = Volatile.Read(ref _messages),
            ["bytes"] = Volatile.Read(ref _bytes),
            ["seconds"] = Stopwatch.GetElapsedTime(Volatile.Read(ref _first), Volatile.Read(ref _last)).TotalSeconds,
            ["last_at"] = Instant(Volatile.Read(ref _last)),
            ["quiet_seconds"] = Volatile.Read(ref _messages) == 0 ? 0 : Stopwatch.GetElapsedTime(Volatile.Read(ref _last)).TotalSeconds,
        };
    }
}
