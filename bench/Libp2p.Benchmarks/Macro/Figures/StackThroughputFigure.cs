using Libp2p.Benchmarks.Macro.Processes;

namespace Libp2p.Benchmarks.Macro.Figures;

/// <summary>One stream over Noise and something else than TCP and Yamux, both ways; the limit is a socket with the same cipher.</summary>
/// <param name="what">What that is, in the rows.</param>
/// <param name="stack">What is spoken.</param>
/// <param name="gate">Multiples of js-libp2p that must be reached, up and down.</param>
/// <param name="goal">The part of the limit that is aimed at.</param>
internal sealed class StackThroughputFigure(string what, Stack stack, (double Up, double Down) gate, double goal) : IFigure
{
    public string Name => $"throughput-{what}";

    public async Task<IReadOnlyList<Row>> MeasureAsync(Measurement run)
    {
        var up = new Row($"{what}: one stream, up", "MB/s") { Gate = [new(gate.Up, Side.Js)], Goal = [new(goal, Side.Limit)] };
        var down = new Row($"{what}: one stream, down", "MB/s") { Gate = [new(gate.Down, Side.Js)], Goal = [new(goal, Side.Limit)] };
        Dictionary<Side, long> bytes = [];
        await run.AlternateAsync(
            run.All,
            async pair => bytes[pair.Side] = await run.WarmUpAsync(pair),
            async pair =>
            {
                up.Add(pair.Side, (await pair.TransferAsync(bytes[pair.Side], up: true)).Rate);
                down.Add(pair.Side, (await pair.TransferAsync(bytes[pair.Side], up: false)).Rate);
            },
            stack);
        return [up, down];
    }
}
