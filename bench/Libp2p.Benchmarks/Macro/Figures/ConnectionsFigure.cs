using Libp2p.Benchmarks.Macro.Processes;
using Libp2p.Interop.Tests.Peers;

namespace Libp2p.Benchmarks.Macro.Figures;

/// <summary>Connections a second: dial, secure, multiplex, close; one after the other, and by four diallers.</summary>
/// <param name="isTls">Secured by TLS instead of Noise.</param>
internal sealed class ConnectionsFigure(bool isTls = false) : IFigure
{
    /// <summary>One round of warming up, whatever the length of a measurement.</summary>
    private const double WarmUpSeconds = 2;

    private const int Diallers = 4;

    public string Name => isTls ? "connections-tls" : "connections";

    public async Task<IReadOnlyList<Row>> MeasureAsync(Measurement run)
    {
        var prefix = isTls ? "tls: " : "";
        var inTurn = new Row($"{prefix}connections, one after the other", "1/s") { Gate = [new(isTls ? 3 : 4, Side.Js)], Goal = [new(isTls ? 250 : 850)] };
        var atOnce = new Row($"{prefix}connections, four diallers", "1/s") { Gate = [new(isTls ? 3 : 5, Side.Js)], Goal = [new(isTls ? 250 : 1600)] };
        var cpu = new Row($"{prefix}CPU for a connection, both sides", "ms") { LowerIsBetter = true };
        await run.AlternateAsync(
            run.WithoutLimit,
            async pair =>
            {
                await WarmUpAsync(pair, Diallers);
                await WarmUpAsync(pair, 1);
            },
            async pair =>
            {
                var before = pair.CpuTime;
                var result = await BenchAsync(pair, run.Seconds, 1);
                cpu.Add(pair.Side, (pair.CpuTime - before).TotalSeconds * 1e3 / result.Number("count"));
                inTurn.Add(pair.Side, result.Real("per_second"));
                atOnce.Add(pair.Side, (await BenchAsync(pair, run.Seconds, Diallers)).Real("per_second"));
            },
            new Stack(isTls ? "tls" : "noise"));
        return [inTurn, atOnce, cpu];
    }

    private static Task WarmUpAsync(Pair pair, int parallel) =>
        WarmUp.UntilSettledAsync(async () => 1 / (await BenchAsync(pair, WarmUpSeconds, parallel)).Real("per_second"), patience: 1);

    private static Task<PeerEvent> BenchAsync(Pair pair, double seconds, int parallel) =>
        pair.BenchAsync("bench-connect", new { addr = pair.Address, seconds, parallel }, Measurement.Log);
}
