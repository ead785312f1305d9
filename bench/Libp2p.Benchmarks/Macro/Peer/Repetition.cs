using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Libp2p.Benchmarks.Macro.Peer;

/// <summary>The loops of the benchmarks, and what they tell.</summary>
internal static class Repetition
{
    /// <summary>One after the other: so many to warm up, then so many that count.</summary>
    public static async Task<JsonObject> CountAsync(string what, int warmUp, int count, Func<ValueTask> once)
    {
        for (var i = 0; i < warmUp; i++)
            await once();
        var times = new double[count];
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++)
        {
            var begin = Stopwatch.GetTimestamp();
            await once();
            times[i] = Stopwatch.GetElapsedTime(begin).TotalMicroseconds;
        }
        return Describe(what, times, Stopwatch.GetElapsedTime(start), []);
    }

    /// <summary>Over and over until the time is up, all workers side by side.</summary>
    public static async Task<JsonObject> UntilAsync(string what, double seconds, IReadOnlyList<Func<Task>> workers)
    {
        var start = Stopwatch.GetTimestamp();
        var runs = await Task.WhenAll(workers.Select(once => Task.Run(async () =>
        {
            List<double> times = [];
            List<string> errors = [];
            while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
            {
                var begin = Stopwatch.GetTimestamp();
                try
                {
                    await once();
                    times.Add(Stopwatch.GetElapsedTime(begin).TotalMicroseconds);
                }
                catch (Exception error) when (error is Libp2pException or IOException)
                {
                    errors.Add($"{error.GetType().Name}: {error.Message}");
                }
            }
            return (times, errors);
        })));
        return Describe(what, [.. runs.SelectMany(r => r.times)], Stopwatch.GetElapsedTime(start), [.. runs.SelectMany(r => r.errors)]);
    }

    private static JsonObject Describe(string what, double[] times, TimeSpan took, IReadOnlyList<string> errors)
    {
        Array.Sort(times);
        return new JsonObject
        {
            ["what"] = what,
            ["count"] = times.Length,
            ["seconds"] = took.TotalSeconds,
            ["per_second"] = times.Length / took.TotalSeconds,
            ["p50_us"] = Percentile(times, 0.5),
            ["p99_us"] = Percentile(times, 0.99),
            ["failed"] = errors.Count,
            ["errors"] = new JsonArray([.. errors.Distinct().Take(10).Select(e => JsonValue.Create(e))]),
        };
    }

    private static double? Percentile(double[] sorted, double part) =>
        sorted.Length == 0 ? null : sorted[Math.Min(sorted.Length - 1, (int)Math.Ceiling(part * sorted.Length) - 1)];
}
