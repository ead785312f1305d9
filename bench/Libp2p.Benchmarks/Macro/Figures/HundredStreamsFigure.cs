using System.Diagnostics;
using Libp2p.Benchmarks.Macro.Processes;

namespace Libp2p.Benchmarks.Macro.Figures;

/// <summary>The same bytes over a hundred streams at once as over one: at most a tenth may be lost by that.</summary>
internal sealed class HundredStreamsFigure : IFigure
{
    private const int Count = 100;

    public string Name => "hundred-streams";

    public async Task<IReadOnlyList<Row>> MeasureAsync(Measurement run)
    {
        var rate = new Row("100 streams at once, up", "MB/s");
        var ratio = new Row("100 streams at once against one, up", "ratio") { Gate = [new(0.90)], Goal = [new(1)] };
        Dictionary<Side, long> bytes = [];
        await run.AlternateAsync(
            run.WithoutLimit,
            async pair =>
            {
                bytes[pair.Side] = await run.WarmUpAsync(pair);
                await ManyAsync(pair, bytes[pair.Side] / 4);
            },
            async pair =>
            {
                var one = (await pair.TransferAsync(bytes[pair.Side], up: true)).Rate;
                var many = await ManyAsync(pair, bytes[pair.Side]);
                rate.Add(pair.Side, many);
                ratio.Add(pair.Side, many / one);
            });
        return [rate, ratio];
    }

    private static async Task<double> ManyAsync(Pair pair, long bytes)
    {
        var each = bytes / Count;
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Count).Select(_ => pair.AskAsync("perf", new { peer = pair.Peer, up = each, down = 0 }, "perf")));
        return each * Count / 1e6 / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
