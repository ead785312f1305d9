using Libp2p.Swarm;
using static Libp2p.Tests.Swarm.Peers;

namespace Libp2p.Tests.Swarm;

/// <summary>Random dials in virtual time, on one thread: the same for a seed each time.</summary>
public class DialMachineModelTests
{
    const int Runs = 2_000;

    [Fact]
    public void Whatever_happens_the_promises_hold()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("LIBP2P_SEED"), out var given) ? given : Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"LIBP2P_SEED={seed}");
        var random = new Random(seed);
        var ends = new HashSet<Type>();
        for (var run = 0; run < Runs; run++)
            ends.Add(new Model(random).Run());
        Assert.Equal(3, ends.Count);
    }

    sealed class Model
    {
        static readonly TimeSpan Start = TimeSpan.FromMinutes(5);

        readonly Random _random;
        readonly DialOptions _options = new();
        readonly DialMachine _machine;
        readonly PriorityQueue<DialInput, (TimeSpan At, int Order)> _events = new();
        readonly HashSet<Multiaddress> _offered = [];
        readonly HashSet<Multiaddress> _started = [];
        readonly HashSet<Multiaddress> _inFlight = [];
        readonly HashSet<Multiaddress> _cancelled = [];
        readonly bool _hopeless;
        DialEffect? _end;
        TimeSpan _now = Start;
        int _order;

        public Model(Random random)
        {
            _random = random;
            _machine = new(_options, Start);
            _hopeless = random.Next(2) == 0;
        }

        public Type Run()
        {
            At(TimeSpan.Zero, new DialInput.WaiterAdded());
            At(TimeSpan.Zero, Found());
            for (var i = _random.Next(4); i > 0; i--)
                At(Within(20), Found());
            for (var i = _random.Next(4); i > 0; i--)
            {
                At(Within(20), new DialInput.WaiterAdded());
                At(TimeSpan.FromSeconds(20) + Within(60), new DialInput.WaiterRemoved());
            }
            if (_random.Next(4) == 0)
                At(TimeSpan.FromSeconds(20) + Within(60), new DialInput.WaiterRemoved());
            if (_random.Next(10) == 0)
                At(Within(60), new DialInput.Cancelled());

            while (_events.TryPeek(out var input, out var next) || _machine.Deadline is not null)
            {
                if (_machine.Deadline is { } deadline && (_events.Count == 0 || deadline < next.At))
                {
                    _now = deadline;
                    _machine.Elapse(_now);
                }
                else
                {
                    _now = next.At;
                    _events.Dequeue();
                    if (!Tell(input!))
                        continue;
                }
                Drain();
            }

            Assert.NotNull(_end);
            Assert.Empty(_inFlight);
            Assert.True(_machine.IsFinished);
            return _end.GetType();
        }

        bool Tell(DialInput input)
        {
            // What was cancelled before its turn does not start.
            if (input is DialInput.AttemptStarted started && !_inFlight.Contains(started.Address))
                return false;
            if (Ended(input) is { } ended && !_inFlight.Remove(ended))
                return false;
            if (input is DialInput.AddressesFound found && _end is null)
                _offered.UnionWith(found.Candidates.Select(c => c.Address));
            _machine.Advance(input, _now);
            return true;
        }

        static Multiaddress? Ended(DialInput input) => input switch
        {
            DialInput.AttemptSucceeded succeeded => succeeded.Address,
            DialInput.AttemptFailed failed => failed.Attempt.Address,
            _ => null,
        };

        void Drain()
        {
            while (_machine.TryTake(out var effect))
            {
                Assert.Null(_end);
                switch (effect)
                {
                    case DialEffect.StartAttempt start:
                        Begin(start.Address);
                        break;
                    case DialEffect.CancelAttempt cancel:
                        Assert.Contains(cancel.Address, _inFlight);
                        Assert.True(_cancelled.Add(cancel.Address), "An attempt is cancelled once.");
                        At(_random.Next(3) == 0 ? Within(30) : TimeSpan.Zero, Fail(cancel.Address));
                        break;
                    case DialEffect.RecordBackoff failure:
                        Assert.Contains(failure.Attempt.Address, _started);
                        break;
                    case DialEffect.Succeeded or DialEffect.Failed or DialEffect.Abandoned:
                        End(effect);
                        break;
                }
            }
            Assert.True(_machine.Deadline is null || _machine.Deadline > _now);
            Assert.True(_machine.Deadline is null || _machine.Deadline <= Start + _options.PeerTimeout);
        }

        void Begin(Multiaddress address)
        {
            Assert.True(_started.Add(address), "An address is tried once.");
            Assert.True(_inFlight.Add(address));
            Assert.InRange(_inFlight.Count, 1, _options.MaxParallelPerPeer);
            var turn = _random.Next(5) == 0 ? Within(20) : TimeSpan.Zero;
            At(turn, new DialInput.AttemptStarted(address));
            if (_random.Next(3) == 0)
                At(turn + Within(2), new DialInput.AttemptProgressed(address, (DialStage)_random.Next(1, 7)));
            switch (_random.Next(_hopeless ? 8 : 9))
            {
                case < 3:
                    At(turn, Fail(address));
                    break;
                case < 6:
                    At(turn + Within(20), Fail(address));
                    break;
                case < 8:
                    break;
                default:
                    At(turn + Within(25), new DialInput.AttemptSucceeded(address));
                    break;
            }
        }

        void End(DialEffect end)
        {
            _end = end;
            Assert.InRange(_now, Start, Start + _options.PeerTimeout);
            Assert.True(_inFlight.IsSubsetOf(_cancelled), "What is in flight at the end is cancelled.");
            Assert.True(_machine.IsFinished);
            if (end is DialEffect.Failed failed)
            {
                var told = failed.Attempts.Select(a => a.Address).ToHashSet();
                Assert.Equal(failed.Attempts.Count, told.Count);
                Assert.Equal(Math.Min(_offered.Count, _options.MaxAddresses + 1), told.Count);
                Assert.True(_started.IsSubsetOf(told));
                Assert.True(told.IsSubsetOf(_offered));
            }
            if (end is DialEffect.Succeeded succeeded)
                Assert.DoesNotContain(succeeded.Others, a => a.Address == succeeded.Address);
        }

        DialInput.AddressesFound Found()
        {
            var candidates = PublicMany(_random.Next(3) == 0 ? _random.Next(130) : _random.Next(12), _random.Next(1, 30)).Select(Candidate).ToArray();
            return new(candidates, _random.Next(3) == 0);
        }

        DialCandidate Candidate(Multiaddress address) => _random.Next(8) switch
        {
            0 => new(address, new(address, DialStage.NotTried, "refused", Libp2pError.Refused, TimeSpan.Zero)),
            1 => new(address, null, new(_now + TimeSpan.FromSeconds(9), "failed", Libp2pError.Unreachable)),
            _ => new(address),
        };

        static DialInput.AttemptFailed Fail(Multiaddress address) => new(new(address, DialStage.Connect, "failed", Libp2pError.Unreachable, TimeSpan.Zero));

        TimeSpan Within(double seconds) => TimeSpan.FromSeconds(_random.NextDouble() * seconds);

        void At(TimeSpan delay, DialInput input) => _events.Enqueue(input, (_now + delay, _order++));
    }
}
