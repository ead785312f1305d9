using System.Diagnostics;
using Libp2p.Benchmarks.Macro.Figures;
using Libp2p.Benchmarks.Macro.Processes;
using Libp2p.Interop.Tests.Peers;

namespace Libp2p.Benchmarks.Macro;

/// <summary>Measures nodes in processes of their own: ours, js-libp2p and the raw limit in turn.</summary>
internal static class MacroCommand
{
    private static readonly IFigure[] Figures =
    [
        new ThroughputFigure(),
        new TlsThroughputFigure(),
        new StackThroughputFigure("mplex", new Stack(Muxer: "mplex"), gate: (2, 2), goal: 0.80),
        new StackThroughputFigure("ws", new Stack(Over: "/ws"), gate: (5, 3), goal: 0.65),
        new PrivateNetworkFigure(),
        new HundredStreamsFigure(),
        new SlowReaderFigure(),
        new ConnectionsFigure(),
        new ConnectionsFigure(isTls: true),
        new EchoFigure(),
        new PingFigure(),
        new StreamsFigure(),
        new IdleConnectionsFigure(),
        new IdleStreamsFigure(),
        new AllocationFigure(),
        new StartFigure(),
        new PubsubFigure(),
        new MeshFigure(),
    ];

    public static async Task<int> RunAsync(string[] args)
    {
        if (MacroOptions.TryParse(args, out var error) is not { } options)
            return Fail(error!);
        if (options.Only.FirstOrDefault(name => Array.TrueForAll(Figures, f => f.Name != name)) is { } unknown)
            return Fail($"there is no figure '{unknown}'; there are {string.Join(", ", Figures.Select(f => f.Name))}");
        var report = new Report(options);
        var failed = false;
        var run = new Measurement(options);
        foreach (var figure in Figures.Where(f => options.Only.Count == 0 || options.Only.Contains(f.Name)))
        {
            var start = Stopwatch.GetTimestamp();
            Measurement.Log($"{figure.Name} …");
            try
            {
                var rows = await figure.MeasureAsync(run);
                report.Add(figure, rows);
            }
            catch (PeerException e)
            {
                // One figure that cannot be measured leaves the others worth having; the exit code tells.
                failed = true;
                Measurement.Log($"macro: {figure.Name}: {e.Message}");
            }
            Measurement.Log($"  took {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s");
        }
        Console.WriteLine(report.ToText());
        if (options.Update)
            Console.WriteLine($"wrote {await report.WriteAsync()}");
        return failed ? 1 : 0;
    }

    private static int Fail(string message)
    {
        Console.Error.WriteLine($"macro: {message}");
        return 2;
    }
}
