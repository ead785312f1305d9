using Libp2p.Interop.Tests.Peers;

namespace Libp2p.Benchmarks.Macro.Processes;

/// <summary>Two processes of one side: one listens, the other dials.</summary>
internal sealed class Pair : IAsyncDisposable
{
    /// <summary>How long one command may take, whatever the machine does beside it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly int _rawPort;

    private readonly Stack _stack;

    private Pair(Side side, PeerProcess listener, PeerProcess dialer, string address, int rawPort, Stack stack)
    {
        _stack = stack;
        Side = side;
        Listener = listener;
        Dialer = dialer;
        Address = address;
        _rawPort = rawPort;
    }

    public Side Side { get; }

    public PeerProcess Listener { get; }

    public PeerProcess Dialer { get; }

    /// <summary>Where the listener is reached.</summary>
    public string Address { get; }

    /// <summary>The listener's peer id, once the dialler is connected.</summary>
    public string Peer { get; private set; } = "";

    /// <summary>CPU time of both processes so far.</summary>
    public TimeSpan CpuTime => Dialer.Usage.CpuTime + Listener.Usage.CpuTime;

    public static async Task<Pair> StartAsync(Side side, Stack stack)
    {
        if (side == Side.Js)
        {
            string[] flags = ["--no-monitor", .. stack.Flags];
            var js = await JsPeer.ListenAsync(stack.Over, flags);
            return new Pair(side, js, await JsPeer.StartAsync(flags), js.Addresses[0], 0, stack);
        }
        var ours = await OurPeer.StartAsync(listen: true, stack);
        return new Pair(side, ours, await OurPeer.StartAsync(listen: false, stack), ours.Address, ours.RawPort, stack);
    }

    public static async Task<Pair> ConnectAsync(Side side, Stack stack)
    {
        var pair = await StartAsync(side, stack);
        if (side != Side.Limit)
            pair.Peer = (await pair.AskAsync("dial", new { addr = pair.Address }, "dialed")).Text("peer");
        return pair;
    }

    /// <summary>Gives the dialler a command and takes its answer.</summary>
    public Task<PeerEvent> AskAsync(string command, object arguments, string answer) => Dialer.AskAsync(command, arguments, answer, Patience);

    /// <summary>A benchmark of the dialler; what failed within it is told to <paramref name="log"/>.</summary>
    public async Task<PeerEvent> BenchAsync(string command, object arguments, Action<string> log)
    {
        var result = await AskAsync(command, arguments, "bench");
        if (result.Json.TryGetProperty("failed", out var failed) && failed.GetInt32() > 0)
            log($"  {Side}: {command} failed {failed.GetInt32()} times: {string.Join("; ", result.Texts("errors"))}");
        return result;
    }

    /// <summary>Moves bytes one way on one stream, or on the raw pipe.</summary>
    public async Task<Transfer> TransferAsync(long bytes, bool up)
    {
        var (dialer, listener) = (Dialer.Usage.CpuTime, Listener.Usage.CpuTime);
        var (sent, fetched) = up ? (bytes, 0L) : (0L, bytes);
        var result = Side == Side.Limit
            ? await AskAsync("raw-perf", new { port = _rawPort, up = sent, down = fetched, tls = _stack.IsTls, @private = _stack.SwarmKey is not null }, "perf")
            : await AskAsync("perf", new { peer = Peer, up = sent, down = fetched }, "perf");
        dialer = Dialer.Usage.CpuTime - dialer;
        listener = Listener.Usage.CpuTime - listener;
        return new Transfer(bytes, TimeSpan.FromSeconds(result.Real("seconds")), up ? dialer : listener, up ? listener : dialer);
    }

    /// <summary>Round trips of 32 bytes on an open stream, or on the raw socket.</summary>
    public Task<PeerEvent> EchoAsync(int count, int warmUp, Action<string> log) => Side == Side.Limit
        ? BenchAsync("raw-echo", new { port = _rawPort, count, warmup = warmUp }, log)
        : BenchAsync("bench-echo", new { peer = Peer, count, warmup = warmUp }, log);

    public async ValueTask DisposeAsync()
    {
        await Dialer.DisposeAsync();
        await Listener.DisposeAsync();
    }
}
