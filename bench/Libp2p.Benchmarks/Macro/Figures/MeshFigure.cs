using Libp2p.Benchmarks.Macro.Processes;

namespace Libp2p.Benchmarks.Macro.Figures;

/// <summary>Twenty nodes in one process, 1 KiB signed: single messages one after the other, whose way is timed, then all nodes publishing as fast as they can.</summary>
internal sealed class MeshFigure : IFigure
{
    public string Name => "mesh";

    public async Task<IReadOnlyList<Row>> MeasureAsync(Measurement run)
    {
        var rate = new Row("gossipsub, 20 nodes in one process, deliveries", "1/s") { Gate = [new(10, Side.Js)], Goal = [new(20, Side.Js), new(10_000)] };
        var median = new Row("… one message at a time, p50", "ms") { LowerIsBetter = true, Gate = [new(4)], Goal = [new(2)] };
        var slowest = new Row("… p99", "ms") { LowerIsBetter = true, Gate = [new(20)], Goal = [new(6)] };
        var copies = new Row("… copies received for each delivery", "") { LowerIsBetter = true, Gate = [new(5.5)] };
        var cpu = new Row("… CPU for each delivery, both cores", "µs") { LowerIsBetter = true };
        for (var round = 1; round <= run.Rounds; round++)
        {
            foreach (var side in run.WithoutLimit)
            {
                Measurement.Log($"  round {round}: {side}");
                await using var pair = await Pair.StartAsync(side, new Stack());
                var result = await pair.BenchAsync("bench-mesh", new { nodes = 20, seconds = run.IsQuick ? 3.0 : 5.0 }, Measurement.Log);
                rate.Add(side, result.Real("per_second"));
                median.Add(side, result.Real("p50_ms"));
                slowest.Add(side, result.Real("p99_ms"));
                copies.Add(side, result.Real("copies"));
                cpu.Add(side, result.Real("cpu_us"));
                if (result.Number("timed") != result.Number("expected"))
                    Measurement.Log($"  {side}: {result.Number("timed")} of {result.Number("expected")} deliveries of single messages");
            }
        }
        return [rate, median, slowest, copies, cpu];
    }
}
