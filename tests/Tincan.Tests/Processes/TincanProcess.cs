using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Tincan.Commands;

namespace Tincan.Tests.Processes;

/// <summary>The built program in a process of its own, driven as a person's scripts drive it.</summary>
internal sealed partial class TincanProcess : IAsyncDisposable
{
    public const int SigInt = 2;
    public const int SigKill = 9;
    public const int SigTerm = 15;

    /// <summary>How long anything may take on a machine that is busy: a bound of being alive, not of speed.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly Process _process;
    // What nobody takes must not keep its output from being read: an export has as many lines as messages were said.
    private readonly Channel<JsonObject> _events = Channel.CreateBounded<JsonObject>(new BoundedChannelOptions(10_000) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly Task _reading;

    private TincanProcess(IReadOnlyList<string> launcher, IEnumerable<string> arguments)
    {
        string[] line = [.. launcher, Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "tincan.exe" : "tincan"), .. arguments];
        var start = new ProcessStartInfo(line[0], line[1..])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // What it does when it is told to end is looked at, and not how busy the machine is meanwhile.
        start.Environment[StopSignals.Variable] = $"{Patience.TotalSeconds}";
        _process = Process.Start(start)!;
        _reading = Task.WhenAll(ReadOutputAsync(), ReadErrorsAsync());
    }

    /// <summary>The process id.</summary>
    public int Id => _process.Id;

    /// <summary>Its peer id, once it is ready.</summary>
    public string Peer { get; private set; } = "";

    /// <summary>An address of it on this machine, once it is ready.</summary>
    public string Address { get; private set; } = "";

    /// <summary>Everything on standard output so far.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>Everything on standard error so far.</summary>
    public string Errors => string.Join('\n', _errors);

    /// <summary>Starts the program with these arguments.</summary>
    public static TincanProcess Start(params IEnumerable<string> arguments) => new([], arguments);

    /// <summary>Starts the program by another one, such as one that changes the network namespace.</summary>
    public static TincanProcess StartBy(IReadOnlyList<string> launcher, params IEnumerable<string> arguments) => new(launcher, arguments);

    /// <summary>Starts a guest's chat in JSON on this machine alone, and waits until it listens.</summary>
    public static async Task<TincanProcess> StartChatAsync(params string[] more)
    {
        string[] identity = more.Contains("--data") ? [] : ["--guest"];
        var chat = Start(["chat", "--json", "--listen", "/ip4/127.0.0.1/tcp/0", .. identity, .. more]);
        var ready = await chat.WaitForAsync("ready");
        chat.Peer = (string)ready["peer"]!;
        chat.Address = (string)ready["addrs"]![0]!;
        return chat;
    }

    /// <summary>Runs the program to its end, with nothing on its standard input.</summary>
    public static async Task<Ended> RunAsync(params IEnumerable<string> arguments)
    {
        await using var process = Start(arguments);
        process.CloseInput();
        return await process.WaitForEndAsync();
    }

    /// <summary>Takes events until one of that name comes that is wanted; those before it are passed over.</summary>
    public async Task<JsonObject> WaitForAsync(string name, Func<JsonObject, bool>? wanted = null)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await foreach (var happened in _events.Reader.ReadAllAsync(patience.Token))
            {
                if ((string?)happened["event"] == name && (wanted is null || wanted(happened)))
                    return happened;
            }
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException($"no {name} within {Patience}\n{Output}\n{Errors}", e);
        }
        throw new InvalidOperationException($"ended before {name}\n{Output}\n{Errors}");
    }

    /// <summary>Waits until a text has been written to standard output.</summary>
    public async Task WaitForOutputAsync(string text)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!Output.Contains(text, StringComparison.Ordinal))
            await Task.Delay(10, patience.Token);
    }

    /// <summary>Types a line.</summary>
    public async Task TypeAsync(string line)
    {
        await _process.StandardInput.WriteAsync(line + "\n");
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Ends its standard input.</summary>
    public void CloseInput() => _process.StandardInput.Close();

    /// <summary>Sends it a signal.</summary>
    public void Signal(int signal) => Assert.Equal(0, kill(Id, signal));

    /// <summary>Waits until it has ended and all of its output is read.</summary>
    public async Task<Ended> WaitForEndAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(patience.Token);
        await _reading.WaitAsync(patience.Token);
        return new Ended(_process.ExitCode, Output, Errors);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        await _reading;
        _process.Dispose();
    }

    private async Task ReadOutputAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            _output.Enqueue(line);
            // The last line of a process that was killed may be cut.
            if (line.StartsWith('{') && line.EndsWith('}'))
                await _events.Writer.WriteAsync(JsonNode.Parse(line)!.AsObject());
        }
        _events.Writer.Complete();
    }

    private async Task ReadErrorsAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
            _errors.Enqueue(line);
    }

    [LibraryImport("libc")]
    private static partial int kill(int processId, int signal);
}

/// <summary>How a process ended, and what it wrote.</summary>
internal sealed record Ended(int ExitCode, string Output, string Errors);
