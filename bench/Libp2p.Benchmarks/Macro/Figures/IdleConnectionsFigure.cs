using Libp2p.Benchmarks.Macro.Processes;

namespace Libp2p.Benchmarks.Macro.Figures;

/// <summary>Resident growth over a thousand idle connections, each with a peer of its own.</summary>
internal sealed class IdleConnectionsFigure : IFigure
{
    private const int Count = 1_000;

    public string Name => "idle-connections";

    public async Task<IReadOnlyList<Row>> MeasureAsync(Measurement run)
    {
        Bound[] gate = [new(16)];
        Bound[] goal = [new(8)];
        var listener = new Row("idle connection, listener", "KiB") { LowerIsBetter = true, Gate = gate, Goal = goal };
        var dialer = new Row("idle connection, dialler", "KiB") { LowerIsBetter = true, Gate = gate, Goal = goal };
        for (var round = 1; round <= (run.IsQuick ? 1 : run.Rounds); round++)
        {
            foreach (var side in run.WithoutLimit)
            {
                Measurement.Log($"  round {round}: {side}");
                // With fewer, what is there once would count; but js-libp2p takes long, so when quick it has a third.
                var grown = await IdleGrowth.MeasureAsync(side, run.IsQuick && side == Side.Js ? Count / 3 : Count, streams: 0);
                listener.Add(side, grown.Listener / 1024);
                dialer.Add(side, grown.Dialer / 1024);
            }
        }
        return [listener, dialer];
    }
}
