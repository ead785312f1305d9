using Libp2p.Benchmarks.Macro.Processes;

namespace Libp2p.Benchmarks.Macro.Figures;

/// <summary>One stream over TCP, Noise and Yamux, both ways, and the CPU time it costs; the limit is a socket with the same cipher.</summary>
internal sealed class ThroughputFigure : IFigure
{
    public string Name => "throughput";

    public async Task<IReadOnlyList<Row>> MeasureAsync(Measurement run)
    {
        Bound[] gate = [new(0.60, Side.Limit), new(2.5, Side.Js)];
        Bound[] goal = [new(0.85, Side.Limit)];
        var up = new Row("one stream, up", "MB/s") { Gate = gate, Goal = goal };
        var down = new Row("one stream, down", "MB/s") { Gate = gate, Goal = goal };
        var send = new Row("CPU, sending side", "s/GB") { LowerIsBetter = true, Gate = [new(1.4)], Goal = [new(0.95)] };
        var receive = new Row("CPU, receiving side", "s/GB") { LowerIsBetter = true, Gate = [new(1.4)], Goal = [new(0.80)] };
        Dictionary<Side, long> bytes = [];
        await run.AlternateAsync(
            run.All,
            async pair => bytes[pair.Side] = await run.WarmUpAsync(pair),
            async pair =>
            {
                var there = await pair.TransferAsync(bytes[pair.Side], up: true);
                var back = await pair.TransferAsync(bytes[pair.Side], up: false);
                up.Add(pair.Side, there.Rate);
                down.Add(pair.Side, back.Rate);
                send.Add(pair.Side, (there.SenderCpuPerGigabyte + back.SenderCpuPerGigabyte) / 2);
                receive.Add(pair.Side, (there.ReceiverCpuPerGigabyte + back.ReceiverCpuPerGigabyte) / 2);
            });
        return [up, down, send, receive];
    }
}
