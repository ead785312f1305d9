using Libp2p.Benchmarks.Macro.Processes;
using Libp2p.Interop.Tests.Peers;

namespace Libp2p.Benchmarks.Macro.Figures;

/// <summary>A ping with a stream of its own, opening and closing included.</summary>
internal sealed class PingFigure : IFigure
{
    public string Name => "ping";

    public async Task<IReadOnlyList<Row>> MeasureAsync(Measurement run)
    {
        var median = new Row("ping on a stream of its own, p50", "µs") { LowerIsBetter = true, Gate = [new(250)], Goal = [new(100)] };
        var slowest = new Row("ping on a stream of its own, p99", "µs") { LowerIsBetter = true };
        var count = run.IsQuick ? 300 : 2_000;
        await run.AlternateAsync(
            run.WithoutLimit,
            pair => WarmUp.UntilSettledAsync(async () => (await PingAsync(pair, count)).Real("p99_us"), patience: 2),
            async pair =>
            {
                var times = await PingAsync(pair, count);
                median.Add(pair.Side, times.Real("p50_us"));
                slowest.Add(pair.Side, times.Real("p99_us"));
            });
        return [median, slowest];
    }

    private static Task<PeerEvent> PingAsync(Pair pair, int count) =>
        pair.BenchAsync("bench-ping", new { peer = pair.Peer, count, warmup = 100 }, Measurement.Log);
}
