using Libp2p.Benchmarks.Macro.Processes;

namespace Libp2p.Benchmarks.Macro.Figures;

/// <summary>One stream over TCP, Noise and mplex, both ways; the limit is a socket with the same cipher.</summary>
internal sealed class MplexThroughputFigure : IFigure
{
    public string Name => "throughput-mplex";

    public async Task<IReadOnlyList<Row>> MeasureAsync(Measurement run)
    {
        Bound[] gate = [new(2, Side.Js)];
        Bound[] goal = [new(0.80, Side.Limit)];
        var up = new Row("mplex: one stream, up", "MB/s") { Gate = gate, Goal = goal };
        var down = new Row("mplex: one stream, down", "MB/s") { Gate = gate, Goal = goal };
        Dictionary<Side, long> bytes = [];
        await run.AlternateAsync(
            run.All,
            async pair => bytes[pair.Side] = await run.WarmUpAsync(pair),
            async pair =>
            {
                up.Add(pair.Side, (await pair.TransferAsync(bytes[pair.Side], up: true)).Rate);
                down.Add(pair.Side, (await pair.TransferAsync(bytes[pair.Side], up: false)).Rate);
            },
            new Stack(Muxer: "mplex"));
        return [up, down];
    }
}
