using Libp2p.Benchmarks.Macro.Processes;
using Libp2p.Interop.Tests.Peers;

namespace Libp2p.Benchmarks.Macro.Figures;

/// <summary>Streams opened, used for 32 bytes there and back, and closed: one after the other, and sixteen at once.</summary>
internal sealed class StreamsFigure : IFigure
{
    /// <summary>Whatever the length of a measurement: before it, much of the time goes to the compiler.</summary>
    private const double WarmUpSeconds = 1.5;

    private const int Many = 16;

    public string Name => "streams";

    public async Task<IReadOnlyList<Row>> MeasureAsync(Measurement run)
    {
        var inTurn = new Row("streams opened and closed, one after the other", "1/s") { Gate = [new(5_000)], Goal = [new(15_000)] };
        var atOnce = new Row("streams opened and closed, 16 at once", "1/s") { Gate = [new(5_000)], Goal = [new(15_000)] };
        var cpu = new Row("CPU for a stream, both sides", "µs") { LowerIsBetter = true };
        await run.AlternateAsync(
            run.WithoutLimit,
            async pair =>
            {
                await BenchAsync(pair, WarmUpSeconds, Many);
                await BenchAsync(pair, WarmUpSeconds, 1);
            },
            async pair =>
            {
                var before = pair.CpuTime;
                var result = await BenchAsync(pair, run.Seconds, 1);
                cpu.Add(pair.Side, (pair.CpuTime - before).TotalSeconds * 1e6 / result.Number("count"));
                inTurn.Add(pair.Side, result.Real("per_second"));
                atOnce.Add(pair.Side, (await BenchAsync(pair, run.Seconds, Many)).Real("per_second"));
            });
        return [inTurn, atOnce, cpu];
    }

    private static Task<PeerEvent> BenchAsync(Pair pair, double seconds, int parallel) =>
        pair.BenchAsync("bench-streams", new { peer = pair.Peer, seconds, parallel }, Measurement.Log);
}
