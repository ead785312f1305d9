using Libp2p.Benchmarks.Macro.Processes;

namespace Libp2p.Benchmarks.Macro.Figures;

/// <summary>32 bytes there and back on an open stream; the limit is the same on a bare socket.</summary>
internal sealed class EchoFigure : IFigure
{
    public string Name => "echo";

    public async Task<IReadOnlyList<Row>> MeasureAsync(Measurement run)
    {
        var median = new Row("echo of 32 B on an open stream, p50", "µs")
        {
            LowerIsBetter = true,
            Gate = [new(2.5, Side.Limit), new(0.6, Side.Js)],
            Goal = [new(1.5, Side.Limit)],
        };
        var slowest = new Row("echo of 32 B on an open stream, p99", "µs") { LowerIsBetter = true, Gate = [new(0.4, Side.Js)] };
        var count = run.IsQuick ? 2_000 : 10_000;
        await run.AlternateAsync(
            run.All,
            pair => WarmUp.UntilSettledAsync(async () => (await pair.EchoAsync(count, 500, Measurement.Log)).Real("p99_us"), patience: 2),
            async pair =>
            {
                var times = await pair.EchoAsync(count, 500, Measurement.Log);
                median.Add(pair.Side, times.Real("p50_us"));
                slowest.Add(pair.Side, times.Real("p99_us"));
            });
        return [median, slowest];
    }
}
