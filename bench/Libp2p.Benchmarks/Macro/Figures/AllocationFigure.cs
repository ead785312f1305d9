using Libp2p.Benchmarks.Macro.Processes;
using Libp2p.Interop.Tests.Peers;

namespace Libp2p.Benchmarks.Macro.Figures;

/// <summary>Managed memory that both sides allocate while bytes move on an open stream.</summary>
internal sealed class AllocationFigure : IFigure
{
    public string Name => "allocation";

    public async Task<IReadOnlyList<Row>> MeasureAsync(Measurement run)
    {
        var send = new Row("managed allocation, sending side", "B/MB") { LowerIsBetter = true, Gate = [new(4_000)], Goal = [new(0)] };
        var receive = new Row("managed allocation, receiving side", "B/MB") { LowerIsBetter = true, Gate = [new(4_000)], Goal = [new(0)] };
        var bytes = 0L;
        await run.AlternateAsync(
            [Side.Ours],
            async pair => bytes = await run.WarmUpAsync(pair),
            async pair =>
            {
                var (sender, receiver) = (await AllocatedAsync(pair.Dialer), await AllocatedAsync(pair.Listener));
                await pair.TransferAsync(bytes, up: true);
                send.Add(Side.Ours, (await AllocatedAsync(pair.Dialer) - sender) / (bytes / 1e6));
                receive.Add(Side.Ours, (await AllocatedAsync(pair.Listener) - receiver) / (bytes / 1e6));
            });
        return [send, receive];
    }

    private static async Task<double> AllocatedAsync(PeerProcess process) =>
        (await process.AskAsync("memory", new { }, "memory")).Number("allocated");
}
