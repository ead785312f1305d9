using Libp2p.Benchmarks.Macro.Processes;
using Libp2p.Interop.Tests.Peers;

namespace Libp2p.Benchmarks.Macro.Figures;

/// <summary>What idle connections or streams cost both processes of a fresh pair, resident, after collections.</summary>
internal static class IdleGrowth
{
    private const int SettlingConnections = 300;
    private const int SettlingStreams = 3_000;
    private const int MaxSettlingRounds = 6;

    /// <summary>What a round of settling may leave behind: more, and code is still being compiled.</summary>
    private const double Settled = 512 * 1024;

    /// <summary>Bytes for each of <paramref name="count"/>, at the listener and at the dialler.</summary>
    /// <param name="side">Whose pair.</param>
    /// <param name="connections">So many connections.</param>
    /// <param name="streams">So many streams on each; 0 to measure the connections.</param>
    public static async Task<(double Listener, double Dialer)> MeasureAsync(Side side, int connections, int streams)
    {
        await using var pair = await Pair.StartAsync(side, new Stack());
        await SettleAsync(pair, connections, streams);
        if (streams == 0)
        {
            var before = await ResidentAsync(pair);
            var held = await BeginAsync(pair, connections, 0);
            return ((await ResidentAsync(pair) - before) / connections, held.Real("bytes_per_connection"));
        }
        // The listener cannot be asked between the connections and their streams: what as many bare connections cost is taken off.
        var empty = await ResidentAsync(pair);
        await BeginAsync(pair, connections, 0);
        var bare = await ResidentAsync(pair) - empty;
        await pair.BenchAsync("bench-idle-end", new { }, Measurement.Log);
        empty = await ResidentAsync(pair);
        var used = await BeginAsync(pair, connections, streams);
        return ((await ResidentAsync(pair) - empty - bare) / ((double)connections * streams), used.Real("bytes_per_stream"));
    }

    /// <summary>Code and tables first, on both sides, or the first connection would pay for them.</summary>
    private static async Task SettleAsync(Pair pair, int connections, int streams)
    {
        var last = 0.0;
        for (var round = 0; round < MaxSettlingRounds; round++)
        {
            await (streams > 0 ? BeginAsync(pair, connections, SettlingStreams / connections) : BeginAsync(pair, SettlingConnections, 0));
            await pair.BenchAsync("bench-idle-end", new { }, Measurement.Log);
            var resident = await ResidentAsync(pair);
            if (resident < last + Settled)
                return;
            last = resident;
        }
    }

    private static Task<PeerEvent> BeginAsync(Pair pair, int connections, int streams) =>
        pair.BenchAsync("bench-idle", new { addr = pair.Address, connections, streams }, Measurement.Log);

    private static async Task<double> ResidentAsync(Pair pair) =>
        (await pair.Listener.AskAsync("memory", new { gc = true }, "memory")).Number("rss");
}
