using System.Text.Json.Nodes;

namespace Libp2p.Benchmarks.Macro.Peer;

/// <summary><c>bench-connect {addr, seconds?, parallel?}</c>: dial, secure, multiplex, close; each dialler is a node of its own.</summary>
internal static class ConnectBench
{
    public static async Task<JsonObject> RunAsync(PeerCommand command)
    {
        var address = Multiaddress.Parse(command.Text("addr"));
        var nodes = await Task.WhenAll(Enumerable.Range(0, (int)command.Number("parallel", 1)).Select(_ => PeerNode.StartDialerAsync()));
        var result = await Repetition.UntilAsync("connect", command.Real("seconds", 5), [.. nodes.Select(node => (Func<Task>)(async () =>
        {
            var connection = await node.ConnectAsync(address);
            await node.DisconnectAsync(connection.RemotePeer);
        }))]);
        foreach (var node in nodes)
            await node.DisposeAsync();
        return result;
    }
}
