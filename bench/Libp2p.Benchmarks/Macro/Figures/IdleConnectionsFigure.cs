namespace Libp2p.Benchmarks.Macro.Figures;

/// <summary>Resident growth over a thousand idle connections, each with a peer of its own.</summary>
internal sealed class IdleConnectionsFigure : IFigure
{
    /// <summary>The same when quick: with fewer, what is there once would count.</summary>
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
                var grown = await IdleGrowth.MeasureAsync(side, Count, streams: 0);
                listener.Add(side, grown.Listener / 1024);
                dialer.Add(side, grown.Dialer / 1024);
            }
        }
        return [listener, dialer];
    }
}
