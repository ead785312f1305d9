using Libp2p.Benchmarks.Macro.Processes;

namespace Libp2p.Benchmarks.Macro.Figures;

/// <summary>Connections a second: dial, secure, multiplex, close; one after the other, and by four diallers.</summary>
internal sealed class ConnectionsFigure : IFigure
{
    private const int Diallers = 4;

    public string Name => "connections";

    public async Task<IReadOnlyList<Row>> MeasureAsync(Measurement run)
    {
        var inTurn = new Row("connections, one after the other", "1/s") { Gate = [new(4, Side.Js)], Goal = [new(850)] };
        var atOnce = new Row("connections, four diallers", "1/s") { Gate = [new(5, Side.Js)], Goal = [new(1600)] };
        await run.AlternateAsync(
            run.WithoutLimit,
            async pair =>
            {
                await RateAsync(pair, Math.Min(1.5, run.Seconds), 1);
                await RateAsync(pair, Math.Min(1.5, run.Seconds), Diallers);
            },
            async pair =>
            {
                inTurn.Add(pair.Side, await RateAsync(pair, run.Seconds, 1));
                atOnce.Add(pair.Side, await RateAsync(pair, run.Seconds, Diallers));
            });
        return [inTurn, atOnce];
    }

    private static async Task<double> RateAsync(Pair pair, double seconds, int parallel) =>
        (await pair.BenchAsync("bench-connect", new { addr = pair.Address, seconds, parallel }, Measurement.Log)).Real("per_second");
}
