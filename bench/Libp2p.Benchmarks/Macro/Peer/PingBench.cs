using System.Text.Json.Nodes;
using Libp2p.Protocols.Ping;

namespace Libp2p.Benchmarks.Macro.Peer;

/// <summary><c>bench-ping {peer, count?, warmup?}</c>: the ping protocol, each on a stream of its own; opening it is in the time.</summary>
internal static class PingBench
{
    public static Task<JsonObject> RunAsync(Libp2pNode node, PeerCommand command)
    {
        var peer = PeerId.Parse(command.Text("peer"));
        var ping = node.Get<PingService>();
        return Repetition.CountAsync(
            "ping", (int)command.Number("warmup", 100), (int)command.Number("count", 1_000), async () => await ping.PingAsync(peer));
    }
}
