using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Libp2p.Attack.Target;

namespace Libp2p.Attack.Tests.Support;

/// <summary>A node of ours in a process of its own.</summary>
sealed class TargetProcess : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    readonly Process _process;
    readonly Channel<JsonNode> _events = Channel.CreateBounded<JsonNode>(new BoundedChannelOptions(65_536) { FullMode = BoundedChannelFullMode.DropOldest });
    readonly SemaphoreSlim _asking = new(1);
    readonly Task _reading;
    readonly ConcurrentQueue<string> _errors = new();
    TaskCompletionSource<TargetState> _answer = new();

    TargetProcess(Process process)
    {
        _process = process;
        _process.ErrorDataReceived += (_, e) => _errors.Enqueue(e.Data ?? "");
        _process.BeginErrorReadLine();
        _reading = Task.Run(ReadAsync);
    }

    public int Id => _process.Id;

    public bool IsAlive => !_process.HasExited;

    public int Port { get; private set; }

    public PeerId Peer { get; private set; } = null!;

    /// <summary>What it said on its standard error.</summary>
    public string Errors => string.Join('\n', _errors);

    /// <summary>Starts it; when this returns it listens.</summary>
    /// <param name="launcher">What the command line begins with, such as a change of the network namespace.</param>
    /// <param name="arguments">Its own arguments.</param>
    public static async Task<TargetProcess> StartAsync(IReadOnlyList<string> launcher, params string[] arguments)
    {
        string[] line = [.. launcher, "dotnet", Path.Combine(AppContext.BaseDirectory, "Libp2p.Attack.Target.dll"), .. arguments];
        var process = Process.Start(new ProcessStartInfo(line[0], line[1..])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var target = new TargetProcess(process);
        var hello = await target.NextAsync("Address");
        target.Port = int.Parse((string)hello[nameof(Port)]!);
        target.Peer = PeerId.Parse((string)hello[nameof(Peer)]!);
        return target;
    }

    /// <summary>Its address at one of its IP addresses.</summary>
    /// <param name="ip">That.</param>
    /// <param name="over">What stands behind the port, such as <c>/ws</c>.</param>
    public Multiaddress AddressAt(IPAddress ip, string over = "") => Multiaddress.Parse($"/ip4/{ip}/tcp/{Port}{over}/p2p/{Peer}");

    /// <summary>Asks what it has now.</summary>
    /// <param name="collect">Whether it collects its garbage first.</param>
    public async Task<TargetState> GetStateAsync(bool collect = false)
    {
        await _asking.WaitAsync();
        try
        {
            var answer = _answer = new TaskCompletionSource<TargetState>(TaskCreationOptions.RunContinuationsAsynchronously);
            Send(collect ? "collect" : "state");
            return await answer.Task.WaitAsync(Patience);
        }
        finally
        {
            _asking.Release();
        }
    }

    /// <summary>Asks until what it has fits; fails with the last that did not.</summary>
    public async Task<TargetState> WaitForAsync(Func<TargetState, bool> fits, TimeSpan patience, bool collect = false)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var state = await GetStateAsync(collect);
            if (fits(state))
                return state;
            Assert.True(Stopwatch.GetElapsedTime(began) < patience, $"After {patience.TotalSeconds:0} s it still has {state}");
            await Task.Delay(50);
        }
    }

    public void Dial(Multiaddress address) => Send($"dial {address}");

    /// <summary>Waits for the next thing that it tells which has this property.</summary>
    /// <param name="property">The property.</param>
    /// <param name="within">How long; null for half a minute.</param>
    public async Task<JsonNode> NextAsync(string property, TimeSpan? within = null)
    {
        using var patience = new CancellationTokenSource(within ?? Patience);
        try
        {
            while (true)
            {
                var told = await _events.Reader.ReadAsync(patience.Token);
                if (told[property] is not null)
                    return told;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            throw new InvalidOperationException($"The target did not tell of '{property}'. Its errors: {Errors}", e);
        }
    }

    /// <summary>All that it has told since the last time, without a wait.</summary>
    public IEnumerable<JsonNode> TakeTold()
    {
        while (_events.Reader.TryRead(out var told))
            yield return told;
    }

    /// <summary>Ends it without a chance to say anything.</summary>
    public void Kill() => _process.Kill();

    public void Suspend() => Signal(19);

    public void Resume() => Signal(18);

    /// <summary>Memory that it has now, seen from outside, without its help.</summary>
    public long Resident
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (IsAlive)
        {
            _process.StandardInput.Close();
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            try
            {
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill();
            }
        }
        await _reading;
        _process.Dispose();
    }

    void Send(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    void Signal(int signal) => Assert.Equal(0, SendSignal(_process.Id, signal));

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    static extern int SendSignal(int process, int signal);

    async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            // The last line of a process that was killed may be cut.
            if (!line.EndsWith('}'))
                continue;
            var told = JsonNode.Parse(line)!;
            if (told["State"] is { } state)
                _answer.TrySetResult(state.Deserialize<TargetState>()!);
            else
                _events.Writer.TryWrite(told);
        }
        _events.Writer.TryComplete();
        _answer.TrySetException(new InvalidOperationException($"The target has ended. Its errors: {Errors}"));
    }
}
