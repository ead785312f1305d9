using Libp2p.Benchmarks.Macro.Processes;

namespace Libp2p.Benchmarks.Macro.Figures;

/// <summary>Twenty nodes in one process, 1 KiB signed. The gates are ten times what js-libp2p delivers so, and times beside go-libp2p's.</summary>
internal sealed class MeshFigure : IFigure
{
    public string Name => "mesh";

    public async Task<IReadOnlyList<Row>> MeasureAsync(Measurement run)
    {
        var rate = new Row("gossipsub, 20 nodes in one process, deliveries", "1/s") { Gate = [new(4_800)], Goal = [new(10_000)] };
        var median = new Row("… one message at a time, p50", "ms") { LowerIsBetter = true, Gate = [new(4)], Goal = [new(2)] };
        var slowest = new Row("… p99", "ms") { LowerIsBetter = true, Gate = [new(20)], Goal = [new(6)] };
        var copies = new Row("… copies received for each delivery", "") { LowerIsBetter = true, Gate = [new(5.5)] };
        var cpu = new Row("… CPU for each delivery, both cores", "µs") { LowerIsBetter = true };
        for (var round = 1; round <= run.Rounds; round++)
        {
            Measurement.Log($"  round {round}");
            await using var pair = await Pair.StartAsync(Side.Ours, new Stack());
            var result = await pair.BenchAsync("bench-mesh", new { nodes = 20, seconds = run.IsQuick ? 3.0 : 5.0 }, Measurement.Log);
            rate.Add(Side.Ours, result.Real("per_second"));
            median.Add(Side.Ours, result.Real("p50_ms"));
            slowest.Add(Side.Ours, result.Real("p99_ms"));
            copies.Add(Side.Ours, result.Real("copies"));
            cpu.Add(Side.Ours, result.Real("cpu_us"));
        }
        return [rate, median, slowest, copies, cpu];
    }
}
