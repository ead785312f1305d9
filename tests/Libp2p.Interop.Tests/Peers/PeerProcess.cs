using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Libp2p.Interop.Tests.Peers;

/// <summary>
/// A real peer in a process and a process group of its own: commands go in as lines of JSON, events come out as lines of JSON.
/// Its standard input closes with this process, and a peer ends with its input, so none outlives the tests.
/// </summary>
public partial class PeerProcess : IAsyncDisposable
{
    const int KillSignal = 9;
    const int RememberedErrorLines = 40;
    static readonly TimeSpan _patience = TimeSpan.FromSeconds(120);
    static readonly TimeSpan _goodbye = TimeSpan.FromSeconds(3);

    readonly Process _process;
    readonly string _name;
    readonly PeerEvents _events = new();
    readonly Queue<string> _errors = new();
    readonly SemaphoreSlim _input = new(1);
    readonly Task _reading;
    readonly Task _ending;
    long _lastId;

    /// <summary>Starts a program.</summary>
    /// <param name="name">What failures call it.</param>
    /// <param name="program">Path of the executable.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="folder">Its working folder; null for this process's.</param>
    public PeerProcess(string name, string program, IEnumerable<string> arguments, string? folder = null)
    {
        _name = name;
        // setsid makes the group and then becomes the program: one process, whose id is the group's.
        var start = new ProcessStartInfo("setsid")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? "",
        };
        start.ArgumentList.Add(program);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        _process = Process.Start(start) ?? throw new PeerException($"{name}: {program} did not start");
        _reading = Task.WhenAll(ReadOutputAsync(), ReadErrorsAsync());
        _ending = EndAsync();
    }

    /// <summary>The process id, which is its group's as well.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Memory and CPU time as the system counts them.</summary>
    public ProcessUsage Usage => ProcessUsage.Of(_process.Id);

    /// <summary>What it said last, for a failure that is another's to tell.</summary>
    public string Report
    {
        get
        {
            string errors;
            lock (_errors)
                errors = _errors.Count == 0 ? "  (nothing)" : string.Join('\n', _errors.Select(line => "  " + line));
            return $"last events of {_name}:\n{_events.Last()}\nstandard error:\n{errors}";
        }
    }

    /// <summary>Sends a command and does not wait for its answer.</summary>
    /// <returns>The number that the answers will carry as their <c>id</c>.</returns>
    public async Task<long> SendAsync(string command, object? arguments = null, CancellationToken cancellationToken = default)
    {
        var id = Interlocked.Increment(ref _lastId);
        var line = JsonSerializer.SerializeToNode(arguments ?? new { })!.AsObject();
        line["cmd"] = command;
        line["id"] = id;
        await SendLineAsync(line, cancellationToken);
        return id;
    }

    /// <summary>Sends a command and takes the event that answers it.</summary>
    /// <param name="command">The command.</param>
    /// <param name="arguments">An object whose properties are the command's fields.</param>
    /// <param name="answer">The name of the answer; any other (<c>error</c>, <c>dial-failed</c>) fails.</param>
    /// <param name="within">How long to wait; 30 s where null.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<PeerEvent> AskAsync(
        string command, object? arguments, string answer, TimeSpan? within = null, CancellationToken cancellationToken = default)
    {
        var happened = await WaitForAnswerAsync(command, arguments, within, cancellationToken);
        return happened.Name == answer
            ? happened
            : throw new PeerException(Failure($"{command} was answered by {happened} instead of {answer}"));
    }

    /// <summary>Sends a command and takes the event that answers it, whatever it is.</summary>
    /// <param name="command">The command.</param>
    /// <param name="arguments">An object whose properties are the command's fields.</param>
    /// <param name="within">How long to wait; 30 s where null.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<PeerEvent> WaitForAnswerAsync(
        string command, object? arguments, TimeSpan? within = null, CancellationToken cancellationToken = default)
    {
        var id = await SendAsync(command, arguments, cancellationToken);
        return await TakeAsync($"answer to {command}", e => e.Id == id, within, cancellationToken);
    }

    /// <summary>
    /// Takes the first event of that name that <paramref name="wanted"/> accepts, whether it has come already or is yet to come.
    /// Each event is taken once.
    /// </summary>
    /// <param name="name">The event's name.</param>
    /// <param name="wanted">Which of them; null for any.</param>
    /// <param name="within">How long to wait, from now on; 30 s where null.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="PeerException">The time is up or the peer has ended; the message shows its last events and errors.</exception>
    public Task<PeerEvent> WaitForAsync(
        string name, Func<PeerEvent, bool>? wanted = null, TimeSpan? within = null, CancellationToken cancellationToken = default) =>
        TakeAsync(name, e => e.Name == name && (wanted is null || wanted(e)), within, cancellationToken);

    /// <summary>Ends the process group at once, as a crash would.</summary>
    public void Kill()
    {
        // The id of a process that is gone could by now belong to another.
        if (!_process.HasExited && kill(-_process.Id, KillSignal) != 0 && !_process.HasExited)
            _process.Kill(entireProcessTree: true);
    }

    /// <summary>Waits until the process has ended by itself.</summary>
    public async Task<int> WaitForExitAsync(CancellationToken cancellationToken = default)
    {
        await _process.WaitForExitAsync(cancellationToken);
        return _process.ExitCode;
    }

    /// <summary>Closes its input, gives it a moment to say goodbye, then kills it.</summary>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        using var patience = new CancellationTokenSource(_goodbye);
        try
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }
        await EndGroupAsync();
        await _ending;
        _process.Dispose();
        _input.Dispose();
    }

    /// <summary>Kills what a program that has ended left behind.</summary>
    async Task EndGroupAsync()
    {
        try
        {
            await _reading.WaitAsync(_goodbye);
        }
        catch (TimeoutException)
        {
            // Somebody holds the output open still, so the group lives and its id is nobody else's.
            _ = kill(-_process.Id, KillSignal);
        }
    }

    Task SendLineAsync(JsonObject line, CancellationToken cancellationToken) => TypeAsync(line.ToJsonString(), cancellationToken);

    /// <summary>Writes a line to its standard input.</summary>
    public async Task TypeAsync(string line, CancellationToken cancellationToken = default)
    {
        await _input.WaitAsync(cancellationToken);
        try
        {
            await _process.StandardInput.WriteLineAsync(line.AsMemory(), cancellationToken);
            await _process.StandardInput.FlushAsync(cancellationToken);
        }
        catch (IOException error)
        {
            throw new PeerException(Failure($"takes no more commands: {error.Message}"));
        }
        finally
        {
            _input.Release();
        }
    }

    async Task<PeerEvent> TakeAsync(string what, Func<PeerEvent, bool> wanted, TimeSpan? within, CancellationToken cancellationToken)
    {
        var limit = within ?? _patience;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(limit);
        try
        {
            return await _events.TakeAsync(what, wanted, deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PeerException(Failure($"no {what} within {limit.TotalSeconds:0.###} s"));
        }
    }

    async Task ReadOutputAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (PeerEvent.Parse(line) is { } happened)
                _events.Add(happened);
            else
                _events.AddNoise(line);
        }
    }

    async Task ReadErrorsAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            lock (_errors)
            {
                if (_errors.Count == RememberedErrorLines)
                    _errors.Dequeue();
                _errors.Enqueue(line);
            }
        }
    }

    async Task EndAsync()
    {
        await _reading;
        await _process.WaitForExitAsync();
        var code = _process.ExitCode;
        _events.End(() => Failure($"ended with exit code {code}"));
    }

    string Failure(string what) => $"{_name}: {what}\n{Report}";

    [LibraryImport("libc")]
    private static partial int kill(int processId, int signal);
}
