using Libp2p.Swarm;
using Libp2p.Testing;
using static Libp2p.Tests.Swarm.Peers;

namespace Libp2p.Tests.Swarm;

/// <summary>Random comings, goings, tags and protections in virtual time, on one thread: the same for a seed each time.</summary>
public class PrunerMachineModelTests
{
    const int Runs = 200;

    [Fact]
    public void Whatever_happens_the_promises_hold()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("LIBP2P_SEED"), out var given) ? given : Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"LIBP2P_SEED={seed}");
        var random = new Random(seed);
        var closed = 0;
        for (var run = 0; run < Runs; run++)
            closed += new Model(random).Run();
        Assert.True(closed > Runs, $"The model closes too little to show anything: {closed}.");
    }

    sealed class Model
    {
        readonly Random _random;
        readonly PrunerOptions _options;
        readonly PrunerMachine _machine;
        readonly Dictionary<long, Open> _open = [];
        readonly Dictionary<long, Open> _closing = [];
        readonly PeerId[] _peers = [.. Enumerable.Range(0, 24).Select(Id)];
        readonly HashSet<PeerId> _protected = [];
        readonly Dictionary<PeerId, int> _worth = [];
        TimeSpan _now;
        TimeSpan? _lastTrim;
        long _lastId;
        int _closed;

        public Model(Random random)
        {
            _random = random;
            var low = random.Next(1, 12);
            _options = new()
            {
                LowWater = low,
                HighWater = low + random.Next(8),
                GracePeriod = TimeSpan.FromSeconds(random.Next(3) * 20),
                TrimInterval = TimeSpan.FromSeconds(random.Next(1, 20)),
                IdleTimeout = random.Next(2) == 0 ? null : TimeSpan.FromSeconds(random.Next(10, 100)),
            };
            _options.Validate();
            _machine = new(_options, 1_000);
        }

        public int Run()
        {
            for (var step = 0; step < 300; step++)
            {
                var next = _now + TimeSpan.FromSeconds(_random.NextDouble() * 4);
                while (_machine.Deadline is { } deadline && deadline <= next)
                {
                    _now = deadline > _now ? deadline : _now;
                    _machine.Elapse(_now);
                    Drain();
                    Assert.True(_machine.Deadline is null || _machine.Deadline > _now, "It would be woken without end.");
                }
                _now = next;
                Happen();
            }
            return _closed;
        }

        void Happen()
        {
            var peer = _peers[_random.Next(_peers.Length)];
            switch (_random.Next(10))
            {
                case < 5:
                    var opened = new Open(++_lastId, peer, _now) { Streams = _random.Next(3) };
                    _open.Add(opened.Id, opened);
                    _machine.Advance(new PrunerInput.Opened(opened.Id, peer, (Role)_random.Next(2)), _now);
                    break;
                case 5:
                    if (_open.Count > 0)
                        End(_open, _open.Keys.ElementAt(_random.Next(_open.Count)));
                    break;
                case 6:
                    foreach (var id in _closing.Keys.ToList())
                        End(_closing, id);
                    break;
                case 7:
                    if (_open.Values.Concat(_closing.Values).Any(o => o.Peer == peer))
                        _machine.Tags.Set(peer, "tag", _worth[peer] = _random.Next(-5, 20));
                    break;
                case 8:
                    if (_protected.Count < 6 && _protected.Add(peer))
                        _machine.Tags.Protect(peer, "tag");
                    else if (_protected.Remove(peer))
                        Assert.False(_machine.Tags.Unprotect(peer, "tag"));
                    break;
                default:
                    if (_open.Count > 0)
                        _open.Values.ElementAt(_random.Next(_open.Count)).Streams = _random.Next(3);
                    break;
            }
        }

        void End(Dictionary<long, Open> among, long id)
        {
            var peer = among[id].Peer;
            among.Remove(id);
            _machine.Advance(new PrunerInput.Ended(id), _now);
            if (!_open.Values.Concat(_closing.Values).Any(o => o.Peer == peer))
                _worth.Remove(peer);
        }

        void Drain()
        {
            List<Open> trimmed = [];
            var settled = _open.Values.Where(o => o.OpenedAt + _options.GracePeriod <= _now).ToList();
            while (_machine.TryTake(out var effect))
            {
                if (effect is PrunerEffect.Look)
                {
                    _machine.Advance(new PrunerInput.Seen([.. _open.Values.Concat(_closing.Values).Select(o => new ConnectionUse(o.Id, o.Streams, 0))]), _now);
                    continue;
                }
                var close = Assert.IsType<PrunerEffect.Close>(effect);
                Assert.True(_open.Remove(close.Id, out var closed), "What is closed was open, and is closed once.");
                _closing.Add(closed.Id, closed);
                _closed++;
                Assert.DoesNotContain(closed.Peer, _protected);
                if (close.Cause == PruneCause.Idle)
                {
                    Assert.Equal(0, closed.Streams);
                    Assert.True(Worth(closed) <= 0);
                    Assert.True(_now - closed.OpenedAt >= _options.IdleTimeout);
                    settled.Remove(closed);
                }
                else
                {
                    trimmed.Add(closed);
                }
            }
            if (trimmed.Count == 0)
                return;
            Assert.True(_lastTrim is null || _now - _lastTrim >= _options.TrimInterval);
            _lastTrim = _now;
            Assert.True(settled.Count > _options.HighWater);
            Assert.True(settled.Count - trimmed.Count >= _options.LowWater, "Never below the low water.");
            var kept = settled.Except(trimmed).Where(o => !_protected.Contains(o.Peer)).ToList();
            Assert.True(settled.Count - trimmed.Count == _options.LowWater || kept.Count == 0);
            Assert.All(trimmed, o => Assert.Contains(o, settled));
            if (kept.Count > 0)
                Assert.True(kept.Min(Worth) >= trimmed.Max(Worth), "Nobody stays who is worth less than one that goes.");
        }

        int Worth(Open open) => _worth.GetValueOrDefault(open.Peer);
    }

    sealed class Open(long id, PeerId peer, TimeSpan openedAt)
    {
        public long Id { get; } = id;

        public PeerId Peer { get; } = peer;

        public TimeSpan OpenedAt { get; } = openedAt;

        public int Streams { get; set; }
    }
}
