using Libp2p.Benchmarks.Macro.Processes;

namespace Libp2p.Benchmarks.Macro.Figures;

/// <summary>Streams opened, used for 32 bytes there and back, and closed: one after the other, and sixteen at once.</summary>
internal sealed class StreamsFigure : IFigure
{
    private const int Many = 16;

    public string Name => "streams";

    public async Task<IReadOnlyList<Row>> MeasureAsync(Measurement run)
    {
        var inTurn = new Row("streams opened and closed, one after the other", "1/s") { Gate = [new(5_000)], Goal = [new(15_000)] };
        var atOnce = new Row("streams opened and closed, 16 at once", "1/s") { Gate = [new(5_000)], Goal = [new(15_000)] };
        await run.AlternateAsync(
            run.WithoutLimit,
            async pair =>
            {
                await RateAsync(pair, Math.Min(1.5, run.Seconds), 1);
                await RateAsync(pair, Math.Min(1.5, run.Seconds), Many);
            },
            async pair =>
            {
                inTurn.Add(pair.Side, await RateAsync(pair, run.Seconds, 1));
                atOnce.Add(pair.Side, await RateAsync(pair, run.Seconds, Many));
            });
        return [inTurn, atOnce];
    }

    private static async Task<double> RateAsync(Pair pair, double seconds, int parallel) =>
        (await pair.BenchAsync("bench-streams", new { peer = pair.Peer, seconds, parallel }, Measurement.Log)).Real("per_second");
}
