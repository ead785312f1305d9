using System.Diagnostics;
using Libp2p.Benchmarks.Macro.Processes;
using Libp2p.Interop.Tests.Peers;

namespace Libp2p.Benchmarks.Macro.Figures;

/// <summary>From the start of the published <c>tincan</c> to its <c>ready</c> line, and what it holds then.</summary>
internal sealed class StartFigure : IFigure
{
    private const int Starts = 10;

    public string Name => "start";

    public async Task<IReadOnlyList<Row>> MeasureAsync(Measurement run)
    {
        var time = new Row("start to listening", "s") { LowerIsBetter = true, Gate = [new(0.30)], Goal = [new(0.15)] };
        var resident = new Row("resident after the start", "MiB") { LowerIsBetter = true, Gate = [new(70)], Goal = [new(50)] };
        var project = Path.Combine(Repository.Root, "apps", "Tincan");
        if (!Directory.Exists(project))
        {
            Measurement.Log("  skipped: there is no apps/Tincan");
            return [];
        }
        var folder = Directory.CreateTempSubdirectory("tincan-published-");
        try
        {
            await PublishAsync(project, folder.FullName);
            var program = Path.Combine(folder.FullName, "tincan");
            for (var round = -1; round < Starts; round++)
            {
                foreach (var side in run.WithoutLimit)
                {
                    var start = Stopwatch.GetTimestamp();
                    await using PeerProcess process = side == Side.Js ? await JsPeer.ListenAsync("--no-monitor") : await StartAsync(program);
                    var took = Stopwatch.GetElapsedTime(start);
                    if (round < 0)
                        continue; // The first reads the files from the disk.
                    time.Add(side, took.TotalSeconds);
                    resident.Add(side, process.Usage.ResidentBytes / 1024.0 / 1024.0);
                }
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
        return [time, resident];
    }

    private static async Task<PeerProcess> StartAsync(string program)
    {
        var process = new PeerProcess("tincan", program, ["chat", "--guest", "--json"]);
        try
        {
            await process.WaitForAsync("ready");
            return process;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    private static async Task PublishAsync(string project, string folder)
    {
        using var publish = Process.Start(new ProcessStartInfo("dotnet", ["publish", project, "-c", "Release", "-o", folder, "-v", "quiet", "--nologo"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        }) ?? throw new PeerException("start: dotnet did not start");
        var output = await publish.StandardOutput.ReadToEndAsync();
        await publish.WaitForExitAsync();
        if (publish.ExitCode != 0)
            throw new PeerException($"start: `dotnet publish {project}` failed:\n{output}");
    }
}
