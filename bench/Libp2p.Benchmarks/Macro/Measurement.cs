using Libp2p.Benchmarks.Macro.Processes;

namespace Libp2p.Benchmarks.Macro;

/// <summary>How a figure is measured: how often, for how long, against whom.</summary>
internal sealed class Measurement(MacroOptions options)
{
    private const long WarmUpBytes = 16_000_000;
    private const int WarmUps = 3;

    public int Rounds => options.Rounds;

    public double Seconds => options.Seconds;

    public bool IsQuick => options.IsQuick;

    public Side[] WithoutLimit => options.WithJs ? [Side.Ours, Side.Js] : [Side.Ours];

    public Side[] All => [.. WithoutLimit, Side.Limit];

    public static void Log(string line) => Console.Error.WriteLine(line);

    /// <summary>Starts a connected pair of each side, by the given protocols or by Noise and Yamux, warms all up, then measures them in turn, round for round.</summary>
    public async Task AlternateAsync(Side[] sides, Func<Pair, Task> warmUp, Func<Pair, Task> measure, Stack? stack = null)
    {
        List<Pair> pairs = [];
        try
        {
            foreach (var side in sides)
            {
                pairs.Add(await Pair.ConnectAsync(side, stack ?? new Stack()));
                await warmUp(pairs[^1]);
            }
            for (var round = 1; round <= Rounds; round++)
            {
                foreach (var pair in pairs)
                {
                    Log($"  round {round}: {pair.Side}");
                    await measure(pair);
                }
            }
        }
        finally
        {
            foreach (var pair in pairs)
                await pair.DisposeAsync();
        }
    }

    /// <summary>Warms a pair up, both ways and long enough for the last tier of compilation; gives the bytes that take as long as one measurement should.</summary>
    public async Task<long> WarmUpAsync(Pair pair)
    {
        var bytes = WarmUpBytes;
        var rate = 0.0;
        for (var i = 0; i < WarmUps; i++)
        {
            rate = (await pair.TransferAsync(bytes, up: true)).Rate * 1e6;
            await pair.TransferAsync(bytes, up: false);
            bytes = Math.Max(WarmUpBytes, (long)(rate * Math.Min(Seconds, 1)));
        }
        return Math.Max(WarmUpBytes, (long)(rate * Seconds));
    }
}
