using System.Diagnostics;
using System.Text;

namespace Libp2p.Hosting.Tests.Samples;

/// <summary>A sample as its reader runs it: a process with its input open.</summary>
internal sealed class SampleProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _seen = new();

    private SampleProcess(Process process) => _process = process;

    /// <summary>The checkout that the tests were built from.</summary>
    public static string Root { get; } = FindRoot();

    public static SampleProcess Start(string sample, params string[] arguments)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)).Parent!.Name;
        var program = Path.Combine(Root, "samples", sample, "bin", configuration, "net10.0", sample + ".dll");
        var start = new ProcessStartInfo("dotnet", [program, .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        return new SampleProcess(Process.Start(start)!);
    }

    /// <summary>The next line of output; null at its end.</summary>
    public async Task<string?> ReadLineAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        var line = await _process.StandardOutput.ReadLineAsync(patience.Token);
        _seen.AppendLine(line);
        return line;
    }

    /// <summary>The first line that fits; fails at the end of the output.</summary>
    public async Task<string> ReadUntilAsync(Func<string, bool> fits)
    {
        while (await ReadLineAsync() is { } line)
        {
            if (fits(line))
                return line;
        }
        throw new InvalidOperationException($"The sample ended (code {_process.ExitCode}) after:\n{_seen}{await _process.StandardError.ReadToEndAsync()}");
    }

    /// <summary>Presses Enter, and gives the exit code.</summary>
    public async Task<int> EndAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        _process.StandardInput.Close();
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }
        _process.Dispose();
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Tincan.slnx")))
                return folder.FullName;
        }
        throw new InvalidOperationException($"No Tincan.slnx above {AppContext.BaseDirectory}: run these tests from a checkout.");
    }
}
