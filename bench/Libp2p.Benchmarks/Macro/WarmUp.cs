namespace Libp2p.Benchmarks.Macro;

/// <summary>At first much of the time goes to the compilers of both sides: a pair is warm when it hardly gets faster.</summary>
internal static class WarmUp
{
    private const double Hardly = 1.05;
    private const int MaxRounds = 8;

    /// <summary>Repeats a measurement until as many in a row as <paramref name="patience"/> were hardly better than the best before.</summary>
    /// <param name="time">A time: less is better.</param>
    /// <param name="patience">1 where one measurement is long enough to be believed.</param>
    public static async Task UntilSettledAsync(Func<Task<double>> time, int patience)
    {
        var best = double.PositiveInfinity;
        var worse = 0;
        for (var round = 0; round < MaxRounds && worse < patience; round++)
        {
            var taken = await time();
            worse = taken * Hardly > best ? worse + 1 : 0;
            best = Math.Min(best, taken);
        }
    }
}
