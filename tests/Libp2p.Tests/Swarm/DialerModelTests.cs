using System.Collections.Concurrent;
using Libp2p.Swarm;
using Libp2p.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using static Libp2p.Tests.Swarm.Peers;

namespace Libp2p.Tests.Swarm;

/// <summary>Random callers, peers and transports over the thread pool: what they do comes from the seed, the order of threads does not.</summary>
public class DialerModelTests
{
    const int PeerCount = 60;
    const int Callers = 600;

    readonly ManualTimeProvider _clock = new();
    readonly ConcurrentBag<FakeConnection> _made = [];
    readonly ConcurrentDictionary<PeerConnection, bool> _admitted = new();

    [Fact]
    public async Task Whatever_happens_the_promises_hold()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("LIBP2P_SEED"), out var given) ? given : Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"LIBP2P_SEED={seed}");
        var random = new Random(seed);
        var options = new DialOptions { MaxParallel = 40, MaxParallelPerPeer = 3 };
        var transport = new RandomTransport(this, seed);
        var reports = 0;
        var dialer = new Dialer(options, [transport], null, Admit, _clock, NullLogger.Instance);
        dialer.AttemptEnded += _ => Interlocked.Increment(ref reports);

        var callers = new List<Task<Type>>();
        for (var i = 0; i < Callers; i++)
        {
            var peer = random.Next(PeerCount);
            var addresses = PublicMany(random.Next(1, 9), (peer * 10) + 1);
            var patience = random.Next(2) == 0 ? TimeSpan.FromSeconds(random.NextDouble() * 20) : Timeout.InfiniteTimeSpan;
            callers.Add(CallAsync(dialer, Id(peer), addresses, random.Next(2) == 0, patience));
            if (random.Next(4) == 0)
                _clock.Advance(TimeSpan.FromMilliseconds(random.Next(300)));
        }

        var all = Task.WhenAll(callers);
        await AdvanceUntilAsync(all, () => $"Callers wait for ever ({callers.Count(c => !c.IsCompleted)} of them).");
        foreach (var kind in (await all).GroupBy(t => t.Name))
            TestContext.Current.TestOutputHelper?.WriteLine($"{kind.Key}: {kind.Count()}");

        var disposal = dialer.DisposeAsync().AsTask();
        await AdvanceUntilAsync(disposal, () => "An attempt never ends.");
        Assert.Equal(transport.Dials, reports);
        Assert.Equal(0, transport.Running);
        Assert.InRange(transport.Most, 1, options.MaxParallel);
        Assert.InRange(transport.MostOfOneDial, 1, options.MaxParallelPerPeer);
        Assert.All(_made, c => Assert.NotEqual(_admitted.ContainsKey(c), c.Disposed.IsCompleted));
        await _clock.WaitForTimersAsync(0);
    }

    async Task AdvanceUntilAsync(Task end, Func<string> complaint)
    {
        // Every dial is over after 60 s of this clock, and a caller joins no more than a few: an hour is for ever.
        for (var passed = TimeSpan.Zero; !end.IsCompleted; passed += TimeSpan.FromMilliseconds(20))
        {
            if (passed > TimeSpan.FromHours(1))
                await end.WaitAsync(TimeSpan.FromSeconds(30)).ContinueWith(late => Assert.True(late.IsCompletedSuccessfully, complaint()), TaskScheduler.Default);
            _clock.Advance(TimeSpan.FromMilliseconds(20));

            // So that the clock does not outrun the threads, or everything would just be out of time.
            do
                await Task.Yield();
            while (ThreadPool.PendingWorkItemCount > 0 && !end.IsCompleted);
        }
        await end;
    }

    PeerConnection? Admit(PeerConnection connection)
    {
        // One in five is refused, by the connection's number and so in no order that the dialer knows.
        if (connection.Info.Id % 5 == 0)
            return null;
        Assert.True(_admitted.TryAdd(connection, true), "A connection is admitted once.");
        return connection;
    }

    async Task<Type> CallAsync(Dialer dialer, PeerId peer, Multiaddress[] addresses, bool byUser, TimeSpan patience)
    {
        using var source = new CancellationTokenSource(patience, _clock);
        try
        {
            var connection = await dialer.DialAsync(peer, addresses, byUser, source.Token);
            Assert.Equal(peer, connection.Info.RemotePeer);
            Assert.True(_admitted.ContainsKey(connection), "Only what was admitted is given.");
            return typeof(FakeConnection);
        }
        catch (DialException failure)
        {
            Assert.True(addresses.ToHashSet().IsSubsetOf(failure.Attempts.Select(a => a.Address)), "Each address of the caller says why.");
            return typeof(DialException);
        }
        catch (OperationCanceledException cancelled)
        {
            Assert.Equal(source.Token, cancelled.CancellationToken);
            return typeof(OperationCanceledException);
        }
    }

    sealed class RandomTransport(DialerModelTests test, int seed) : ITransport
    {
        readonly Lock _lock = new();
        readonly Dictionary<PeerDial, int> _ofDial = [];

        public int Dials { get; private set; }

        public int Running { get; private set; }

        public int Most { get; private set; }

        public int MostOfOneDial { get; private set; }

        public bool Handles(Multiaddress address) => true;

        public async ValueTask<PeerConnection> DialAsync(Multiaddress address, PeerId? expectedPeer, IProgress<DialStage>? progress, CancellationToken cancellationToken)
        {
            var dial = ((DialAttemptRun)progress!).Dial;
            int number;
            lock (_lock)
            {
                number = ++Dials;
                Most = Math.Max(Most, ++Running);
                var ofDial = _ofDial[dial] = _ofDial.GetValueOrDefault(dial) + 1;
                MostOfOneDial = Math.Max(MostOfOneDial, ofDial);
            }
            try
            {
                return await BehaveAsync(new Random(HashCode.Combine(seed, number)), address, expectedPeer!, progress, cancellationToken);
            }
            finally
            {
                lock (_lock)
                {
                    Running--;
                    _ofDial[dial]--;
                }
            }
        }

        public ValueTask<IListener<PeerConnection>> ListenAsync(Multiaddress address, CancellationToken cancellationToken) => throw new NotSupportedException();

        async Task<PeerConnection> BehaveAsync(Random random, Multiaddress address, PeerId peer, IProgress<DialStage> progress, CancellationToken cancellationToken)
        {
            var deaf = random.Next(6) == 0;
            if (random.Next(2) == 0)
                await Task.Delay(TimeSpan.FromSeconds(random.NextDouble() * 3), test._clock, deaf ? CancellationToken.None : cancellationToken);
            progress.Report((DialStage)random.Next(1, 7));
            switch (random.Next(10))
            {
                case < 5:
                    throw new Libp2pException(Libp2pError.Unreachable, "refused");
                case < 6:
                    throw new InvalidOperationException("a defect");
                case < 7:
                    throw new PeerIdMismatchException(peer, Id(-1));
                case < 9:
                    await Task.Delay(TimeSpan.FromSeconds(30), test._clock, deaf ? CancellationToken.None : cancellationToken);
                    break;
            }
            var connection = new FakeConnection(peer, address);
            test._made.Add(connection);
            return connection;
        }
    }
}
