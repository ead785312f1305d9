using System.Text.Json.Nodes;

namespace Libp2p.Benchmarks.Macro.Peer;

/// <summary><c>bench-streams {peer, seconds?, parallel?}</c>: open, 32 bytes there and back, close.</summary>
internal static class StreamsBench
{
    public static Task<JsonObject> RunAsync(Libp2pNode node, PeerCommand command)
    {
        var peer = PeerId.Parse(command.Text("peer"));
        Func<Task> once = () => EchoExchange.OnStreamOfItsOwnAsync(node, peer);
        return Repetition.UntilAsync("streams", command.Real("seconds", 5), [.. Enumerable.Repeat(once, (int)command.Number("parallel", 1))]);
    }
}
