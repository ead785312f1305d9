using Libp2p.Benchmarks.Macro.Processes;

namespace Libp2p.Benchmarks.Macro.Figures;

/// <summary>One stream over TCP, TLS and Yamux, both ways, and the CPU time it costs; the limit is a bare <c>SslStream</c>.</summary>
internal sealed class TlsThroughputFigure : IFigure
{
    public string Name => "throughput-tls";

    public async Task<IReadOnlyList<Row>> MeasureAsync(Measurement run)
    {
        Bound[] gate = [new(0.70, Side.Limit), new(2, Side.Js)];
        Bound[] goal = [new(0.90, Side.Limit)];
        var up = new Row("tls: one stream, up", "MB/s") { Gate = gate, Goal = goal };
        var down = new Row("tls: one stream, down", "MB/s") { Gate = gate, Goal = goal };
        var cpu = new Row("tls: CPU, both sides", "s/GB") { LowerIsBetter = true };
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
                cpu.Add(pair.Side, (there.SenderCpuPerGigabyte + there.ReceiverCpuPerGigabyte + back.SenderCpuPerGigabyte + back.ReceiverCpuPerGigabyte) / 2);
            },
            new Stack("tls"));
        return [up, down, cpu];
    }
}
