using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using Xunit;

namespace Libp2p.Testing.Simulation;

/// <summary>
/// A network within the process: each node gets a transport whose links have latency, jitter, bandwidth and loss, and can be
/// cut or killed. Its time is a manual clock; what it decides follows from its seed, which it prints.
/// </summary>
/// <remarks>The thread pool's order is not part of it: a test on it shows properties, not traces.</remarks>
public sealed class SimulatedNetwork
{
    /// <summary>How long a step of the clock waits for a process that is never quiet.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(20);

    /// <summary>How long virtual time may take in real time: on a machine that is never quiet, each step waits as long as it may.</summary>
    private static readonly TimeSpan Hung = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<Multiaddress, SimulatedListener> _listeners = [];
    private readonly List<SimulatedLink> _links = [];
    private readonly Dictionary<(string, string), LinkConditions> _conditions = [];
    private readonly Dictionary<string, int> _groups = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ulong _lastAddress;
    private int _linkCount;

    /// <summary>Creates it.</summary>
    /// <param name="time">Its clock; null for one of its own.</param>
    /// <param name="seed">Null for the one of <see cref="TestRandom"/>, which is printed.</param>
    public SimulatedNetwork(ManualTimeProvider? time = null, int? seed = null)
    {
        Time = time ?? new ManualTimeProvider();
        Seed = seed ?? TestRandom.Seed();
    }

    /// <summary>The clock: give it to the nodes.</summary>
    public ManualTimeProvider Time { get; }

    /// <summary>What its decisions follow from.</summary>
    public int Seed { get; }

    /// <summary>What links are like where nothing else is said.</summary>
    public LinkConditions Conditions { get; set; } = new();

    /// <summary>Completes when the links that there are now have ended.</summary>
    public Task LinksEnded
    {
        get
        {
            lock (_gate)
                return Task.WhenAll(_links.Select(l => l.Done));
        }
    }

    /// <summary>A node's transport; it dials and listens on <c>/memory/N</c>.</summary>
    public ILinkTransport CreateTransport(string node, MemoryPool<byte> pool) => new SimulatedTransport(this, node, pool);

    /// <summary>Says what links between two nodes are like from now on.</summary>
    public void SetConditions(string a, string b, LinkConditions conditions)
    {
        lock (_gate)
            _conditions[Key(a, b)] = conditions;
    }

    /// <summary>Cuts the network: nodes reach only those of their own group; those not named are one group more. Links stay, silent.</summary>
    public void Partition(params string[][] groups)
    {
        lock (_gate)
        {
            _groups.Clear();
            for (var i = 0; i < groups.Length; i++)
            {
                foreach (var node in groups[i])
                    _groups[node] = i + 1;
            }
        }
        Change();
    }

    /// <summary>Ends a partition; what was silent goes on.</summary>
    public void Heal() => Partition();

    /// <summary>Breaks all links between two nodes: both ends see a reset.</summary>
    public void Kill(string a, string b)
    {
        SimulatedLink[] hit;
        lock (_gate)
            hit = [.. _links.Where(l => l.Joins(a, b))];
        foreach (var link in hit)
            link.Kill();
    }

    /// <summary>Lets time pass until the task is done: whenever the thread pool has nothing to do, the clock moves a step.</summary>
    /// <param name="task">What is waited for; its failure is thrown.</param>
    /// <param name="limit">The most virtual time it may take.</param>
    /// <param name="step">Null for one millisecond.</param>
    public async Task RunUntilAsync(Task task, TimeSpan limit, TimeSpan? step = null)
    {
        var end = Time.Elapsed + limit;
        using var alive = new CancellationTokenSource(Hung);
        while (true)
        {
            await SettleAsync().ConfigureAwait(false);
            if (task.IsCompleted)
                break;
            if (Time.Elapsed >= end)
                Assert.Fail($"It was not done within {limit} of virtual time.");
            alive.Token.ThrowIfCancellationRequested();
            Time.Advance(step ?? TimeSpan.FromMilliseconds(1));
        }
        await task.ConfigureAwait(false);
    }

    /// <summary>Lets so much time pass, in steps between which whatever became due may run.</summary>
    public Task RunAsync(TimeSpan time, TimeSpan? step = null) => RunUntilAsync(Task.Delay(time, Time), time + TimeSpan.FromSeconds(1), step);

    internal async ValueTask<Link> DialAsync(string node, MemoryPool<byte> pool, Multiaddress address, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var target = address.Decapsulate(MultiaddressProtocols.P2p) ?? address;
        SimulatedListener? listener;
        lock (_gate)
            _listeners.TryGetValue(target, out listener);
        // Question and answer of the connect; cut off, it waits as a lost packet does.
        var peer = listener?.Node ?? node;
        await WaitForPathAsync(node, peer, cancellationToken).ConfigureAwait(false);
        await Task.Delay(2 * Between(node, peer).Latency, Time, cancellationToken).ConfigureAwait(false);
        if (listener is null)
            throw new Libp2pException(Libp2pError.Unreachable, $"connection refused: nobody listens on {target}");
        var number = Interlocked.Increment(ref _linkCount);
        var link = new SimulatedLink(this, node, peer, HashCode(number), pool, listener.Pool, NextAddress(), target);
        lock (_gate)
        {
            _links.RemoveAll(l => l.Done.IsCompleted);
            _links.Add(link);
        }
        try
        {
            await listener.OfferAsync(link.Listener, cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            link.Kill();
            throw new Libp2pException(Libp2pError.Unreachable, $"connection refused: nobody listens on {target}");
        }
        return link.Dialer;
    }

    internal SimulatedListener Listen(string node, MemoryPool<byte> pool, Multiaddress address)
    {
        lock (_gate)
        {
            var bound = address == Multiaddress.Parse("/memory/0") ? NextAddress() : address;
            var listener = new SimulatedListener(this, node, pool, bound);
            if (!_listeners.TryAdd(bound, listener))
                throw new Libp2pException(Libp2pError.ListenFailed, $"Cannot listen on {address}: the address is in use. Choose another number; 0 takes a free one.");
            return listener;
        }
    }

    internal void Remove(Multiaddress address)
    {
        lock (_gate)
            _listeners.Remove(address);
    }

    /// <summary>When a packet that is sent now arrives.</summary>
    internal TimeSpan Schedule(SimulatedLink link, int bytes, TimeSpan last, Random random)
    {
        var conditions = Between(link.DialerNode, link.ListenerNode);
        var now = Time.Elapsed;
        var arrival = now + conditions.Latency + (conditions.Jitter * random.NextDouble());
        if (random.NextDouble() < conditions.Loss)
            arrival += conditions.Retransmission;
        if (arrival < last)
            arrival = last;
        // On a slow wire a packet arrives no sooner than it takes to send it after the one before.
        return conditions.BytesPerSecond == 0 ? arrival : Max(arrival, Max(last, now + conditions.Latency) + TimeSpan.FromSeconds((double)bytes / conditions.BytesPerSecond));
    }

    internal Task WaitUntilAsync(TimeSpan due)
    {
        var left = due - Time.Elapsed;
        return left <= TimeSpan.Zero ? Task.CompletedTask : Task.Delay(left, Time);
    }

    /// <summary>Lets as much time pass as a packet takes that is sent now.</summary>
    internal Task WaitAWayAsync(SimulatedLink link) => WaitUntilAsync(Time.Elapsed + Between(link.DialerNode, link.ListenerNode).Latency);

    internal async Task WaitForPathAsync(string a, string b, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_groups.GetValueOrDefault(a) == _groups.GetValueOrDefault(b))
                    return;
                changed = _changed.Task;
            }
            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Waits until nobody has anything to do: no work item waits, and none runs but this. Where the process has other work that
    /// never pauses, it goes on after a moment all the same.
    /// </summary>
    private static async Task SettleAsync()
    {
        var began = Stopwatch.GetTimestamp();
        for (var quiet = 0; quiet < 3 && Stopwatch.GetElapsedTime(began) < Patience;)
        {
            await Task.Yield();
            quiet = ThreadPool.PendingWorkItemCount == 0 && CountBusy() == 0 ? quiet + 1 : 0;
        }
    }

    /// <summary>Threads of the pool that run something, this one aside: a handshake may well take longer than a step of the clock.</summary>
    private static int CountBusy()
    {
        ThreadPool.GetMaxThreads(out var most, out _);
        ThreadPool.GetAvailableThreads(out var available, out _);
        return most - available - (Thread.CurrentThread.IsThreadPoolThread ? 1 : 0);
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static (string, string) Key(string a, string b) => string.CompareOrdinal(a, b) < 0 ? (a, b) : (b, a);

    private LinkConditions Between(string a, string b)
    {
        lock (_gate)
            return _conditions.GetValueOrDefault(Key(a, b), Conditions);
    }

    private Multiaddress NextAddress() =>
        Multiaddress.Parse(string.Create(CultureInfo.InvariantCulture, $"/memory/{Interlocked.Increment(ref _lastAddress)}"));

    private void Change()
    {
        TaskCompletionSource changed;
        lock (_gate)
            (changed, _changed) = (_changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        changed.SetResult();
    }

    // Not System.HashCode, whose seed is new in every process.
    private int HashCode(int number) => unchecked((Seed * 31) + (number * 0x01000193));
}
