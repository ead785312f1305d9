using System.Diagnostics;
using System.Text.Json.Nodes;
using Libp2p.Protocols.Perf;

namespace Libp2p.Benchmarks.Macro.Peer;

/// <summary>What the peer does on request; the names and fields are those of <c>interop/js-libp2p/README.md</c>, and <c>raw-…</c> beside them.</summary>
internal sealed class PeerCommands(PeerNode self)
{
    private readonly IdleBench _idle = new();
    private readonly PubsubBench _pubsub = new(self.Node);

    public async Task<(string Event, JsonObject Fields)> RunAsync(PeerCommand command) => command.Name switch
    {
        "dial" => ("dialed", await DialAsync(command.Text("addr"))),
        "perf" => ("perf", await PerfAsync(PeerId.Parse(command.Text("peer")), command.Number("up", 0), command.Number("down", 0))),
        "send" => ("sent", await SendAsync(PeerId.Parse(command.Text("peer")), command.Text("protocol"), command.Number("bytes", 0))),
        "slow-read" => ("slow-read", await self.Slow.ReadAsync(command.Number("bytes", long.MaxValue))),
        "slow-close" => ("slow-closed", self.Slow.Close()),
        "memory" => ("memory", self.Memory(command.Flag("gc"))),
        "bench-connect" => ("bench", await ConnectBench.RunAsync(command)),
        "bench-echo" => ("bench", await EchoBench.RunAsync(self.Node, command)),
        "bench-ping" => ("bench", await PingBench.RunAsync(self.Node, command)),
        "bench-streams" => ("bench", await StreamsBench.RunAsync(self.Node, command)),
        "bench-idle" => ("bench", await _idle.BeginAsync(command)),
        "bench-idle-end" => ("bench", await _idle.EndAsync()),
        "subscribe" => ("subscribed", _pubsub.Subscribe(command.Text("topic"))),
        "unsubscribe" => ("unsubscribed", _pubsub.Unsubscribe(command.Text("topic"))),
        "publish" => ("published", await _pubsub.PublishAsync(command.Text("topic"), (int)command.Number("bytes", 0), (int)command.Number("count", 1))),
        "pubsub-count" => ("pubsub-count", _pubsub.Counted(command.Text("topic"))),
        "pubsub-peers" => ("pubsub-peers", _pubsub.Peers(command.Text("topic"))),
        "bench-mesh" => ("bench", await MeshBench.RunAsync(command)),
        "raw-perf" => ("perf", await RawBench.TransferAsync(command)),
        "raw-echo" => ("bench", await RawBench.EchoAsync(command)),
        var unknown => throw new FormatException($"no command {unknown}"),
    };

    private async Task<JsonObject> DialAsync(string address)
    {
        var start = Stopwatch.GetTimestamp();
        var connection = await self.Node.ConnectAsync(Multiaddress.Parse(address));
        return new JsonObject
        {
            ["peer"] = connection.RemotePeer.ToString(),
            ["security"] = connection.Security.ToString(),
            ["muxer"] = connection.Muxer.ToString(),
            ["seconds"] = Stopwatch.GetElapsedTime(start).TotalSeconds,
        };
    }

    private async Task<JsonObject> PerfAsync(PeerId peer, long up, long down)
    {
        var result = await self.Node.Get<PerfService>().MeasureAsync(peer, up, down);
        return new JsonObject
        {
            ["up"] = result.Uploaded,
            ["down"] = result.Downloaded,
            ["seconds"] = (result.UploadDuration + result.DownloadDuration).TotalSeconds,
            ["upload_seconds"] = result.UploadDuration.TotalSeconds,
            ["download_seconds"] = result.DownloadDuration.TotalSeconds,
        };
    }

    private async Task<JsonObject> SendAsync(PeerId peer, string protocol, long bytes)
    {
        await using var stream = await self.Node.OpenStreamAsync(peer, new ProtocolId(protocol));
        var chunk = new byte[64 * 1024];
        for (var left = bytes; left > 0; left -= chunk.Length)
            await stream.Output.WriteAsync(chunk.AsMemory(0, (int)Math.Min(left, chunk.Length)));
        await stream.CloseWriteAsync();
        var received = 0L;
        for (var ended = false; !ended;)
        {
            var read = await stream.Input.ReadAsync();
            received += read.Buffer.Length;
            stream.Input.AdvanceTo(read.Buffer.End);
            ended = read.IsCompleted;
        }
        return new JsonObject { ["bytes"] = bytes, ["received"] = received };
    }
}
