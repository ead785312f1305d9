using System.Text.Json.Nodes;

namespace Libp2p.Benchmarks.Macro.Peer;

/// <summary>
/// <c>bench-idle {addr, connections?, streams?}</c>: opens so many connections, each from a node of its own, and so many echo streams on
/// each, uses every stream once, and holds them until <c>bench-idle-end</c>. Tells the resident growth of this side.
/// </summary>
internal sealed class IdleBench
{
    private const int WarmUp = 20;

    private readonly List<Libp2pNode> _nodes = [];
    private readonly List<PeerStream> _streams = [];

    public async Task<JsonObject> BeginAsync(PeerCommand command)
    {
        var address = Multiaddress.Parse(command.Text("addr"));
        var connections = (int)command.Number("connections", 100);
        var streams = (int)command.Number("streams", 0);
        for (var i = 0; i < connections; i++)
            _nodes.Add(await PeerNode.StartDialerAsync());
        // A few first, so that code and tables are there.
        foreach (var node in _nodes.Take(WarmUp))
        {
            var connection = await node.ConnectAsync(address);
            await EchoExchange.OnStreamOfItsOwnAsync(node, connection.RemotePeer);
            await node.DisconnectAsync(connection.RemotePeer);
        }
        var before = Held();
        List<PeerId> peers = [];
        foreach (var node in _nodes)
            peers.Add((await node.ConnectAsync(address)).RemotePeer);
        var connected = Held();
        foreach (var (node, peer) in _nodes.Zip(peers))
        {
            for (var i = 0; i < streams; i++)
            {
                var stream = await node.OpenStreamAsync(peer, PeerNode.EchoProtocol);
                await EchoExchange.OnceAsync(stream);
                _streams.Add(stream);
            }
        }
        var after = Held();
        return new JsonObject
        {
            ["what"] = "idle",
            ["connections"] = connections,
            ["streams"] = streams,
            ["bytes_per_connection"] = (connected - before) / (double)connections,
            ["bytes_per_stream"] = streams == 0 ? null : (after - connected) / ((double)connections * streams),
        };
    }

    public async Task<JsonObject> EndAsync()
    {
        foreach (var stream in _streams)
            stream.Reset();
        _streams.Clear();
        var count = _nodes.Count;
        foreach (var node in _nodes)
            await node.DisposeAsync();
        _nodes.Clear();
        return new JsonObject { ["what"] = "idle-end", ["connections"] = count };
    }

    private long Held()
    {
        PeerNode.Collect(_nodes);
        return PeerNode.Resident();
    }
}
