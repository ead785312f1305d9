using System.Text.Json.Nodes;

namespace Libp2p.Benchmarks.Macro.Peer;

/// <summary><c>bench-echo {peer, count?, warmup?}</c>: round trips on one open stream.</summary>
internal static class EchoBench
{
    public static async Task<JsonObject> RunAsync(Libp2pNode node, PeerCommand command)
    {
        await using var stream = await node.OpenStreamAsync(PeerId.Parse(command.Text("peer")), PeerNode.EchoProtocol);
        return await Repetition.CountAsync(
            "echo", (int)command.Number("warmup", 1_000), (int)command.Number("count", 10_000), () => EchoExchange.OnceAsync(stream));
    }
}
