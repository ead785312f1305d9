using Libp2p.Benchmarks.Macro.Processes;

namespace Libp2p.Benchmarks.Macro.Figures;

/// <summary>Resident growth over ten thousand idle streams, each used once, on ten connections.</summary>
internal sealed class IdleStreamsFigure : IFigure
{
    private const int Connections = 10;
    private const int PerConnection = 1_000;

    public string Name => "idle-streams";

    public async Task<IReadOnlyList<Row>> MeasureAsync(Measurement run)
    {
        Bound[] gate = [new(2)];
        Bound[] goal = [new(1)];
        var listener = new Row("idle stream, listener", "KiB") { LowerIsBetter = true, Gate = gate, Goal = goal };
        var dialer = new Row("idle stream, dialler", "KiB") { LowerIsBetter = true, Gate = gate, Goal = goal };
        for (var round = 1; round <= (run.IsQuick ? 1 : run.Rounds); round++)
        {
            foreach (var side in run.WithoutLimit)
            {
                Measurement.Log($"  round {round}: {side}");
                // js-libp2p opens a few hundred a second: when quick, it has a quarter of them.
                var grown = await IdleGrowth.MeasureAsync(side, Connections, run.IsQuick && side == Side.Js ? PerConnection / 4 : PerConnection);
                listener.Add(side, grown.Listener / 1024);
                dialer.Add(side, grown.Dialer / 1024);
            }
        }
        return [listener, dialer];
    }
}
