using Libp2p.Muxers.Yamux;

namespace Libp2p.Fuzz.Tests.Targets;

internal static class YamuxTargets
{
    private const int MaxStreams = 8;

    public static FuzzTarget Header() => new(nameof(Header), [Frame(YamuxType.Data, YamuxFlags.Syn, 1, 5), Frame(YamuxType.GoAway, 0, 0, 1)], input =>
    {
        if (input.Length < YamuxHeader.Size)
            return false;
        var accepted = YamuxHeader.TryRead(input.AsSpan(0, YamuxHeader.Size), out var header, out var error);
        FuzzViolation.Unless(accepted == (error is null), "refuses without a reason, or takes with one");
        if (!accepted)
            return false;
        Span<byte> written = stackalloc byte[YamuxHeader.Size];
        header.Write(written);
        FuzzViolation.Unless(written.SequenceEqual(input.AsSpan(0, YamuxHeader.Size)), "does not write what it read");
        return true;
    })
    { MaxLength = 24 };

    /// <summary>A session: the input is headers, and between them, by the byte before each, what the application does meanwhile.</summary>
    public static FuzzTarget Machine() => new(
        nameof(Machine),
        [
            [0, .. Frame(YamuxType.Data, YamuxFlags.Syn, 1, 5), 1, 2, 3, 0, .. Frame(YamuxType.Data, YamuxFlags.Fin, 1, 0), 4, 5],
            [0, .. Frame(YamuxType.WindowUpdate, YamuxFlags.Syn, 1, 70_000), 0, .. Frame(YamuxType.WindowUpdate, YamuxFlags.Rst, 1, 0), 5],
            [6, 7, 5, 0, .. Frame(YamuxType.WindowUpdate, YamuxFlags.Ack, 2, 0), 0, .. Frame(YamuxType.Data, 0, 2, 100), 2, 3, 5],
            [0, .. Frame(YamuxType.WindowUpdate, YamuxFlags.Syn, 1, uint.MaxValue - YamuxOptions.InitialWindow)],
            [8, 5, 0, .. Frame(YamuxType.Ping, YamuxFlags.Ack, 0, 1), 0, .. Frame(YamuxType.Ping, YamuxFlags.Syn, 0, 9), 5, 0, .. Frame(YamuxType.GoAway, 0, 0, 0)],
        ],
        input => new Session().Run(input))
    { MaxLength = 1024, FixedAllocation = 64 * 1024, AllocationPerByte = 256 };

    private static byte[] Frame(YamuxType type, YamuxFlags flags, uint stream, uint length)
    {
        var bytes = new byte[YamuxHeader.Size];
        new YamuxHeader(type, flags, stream, length).Write(bytes);
        return bytes;
    }

    private sealed class Session
    {
        private readonly YamuxOptions _options = new() { MaxInboundStreams = MaxStreams };
        private readonly YamuxMachine _machine;
        private readonly List<YamuxStreamState> _accepted = [];
        private readonly List<YamuxStreamState> _waiting = [];
        private readonly HashSet<YamuxStreamState> _told = [];
        private int _opened;
        private TimeSpan _now;

        public Session() => _machine = new YamuxMachine(Role.Listener, _options);

        public bool Run(ReadOnlySpan<byte> input)
        {
            while (!input.IsEmpty)
            {
                var action = input[0] % 9;
                input = input[1..];
                _now += TimeSpan.FromMilliseconds(1);
                if (action == 0)
                {
                    if (input.Length < YamuxHeader.Size || !YamuxHeader.TryRead(input[..YamuxHeader.Size], out var header, out _))
                        return false;
                    input = input[YamuxHeader.Size..];
                    if (!Receive(header))
                        return false;
                }
                else
                {
                    Act(action);
                }
                Check();
            }
            Drain();
            return true;
        }

        private bool Receive(in YamuxHeader header)
        {
            var outcome = _machine.Receive(header, _now);
            if (outcome.Has(YamuxEvents.Violation))
            {
                FuzzViolation.Unless(!string.IsNullOrEmpty(outcome.Error), "ends a session without a reason");
                FuzzViolation.Unless(_machine.Streams.All(_told.Contains), "ends a session with a stream that nobody was told of");
                return false;
            }
            FuzzViolation.Unless(!(outcome.Has(YamuxEvents.Body) && outcome.Has(YamuxEvents.Skip)), "gives a payload to a stream and to nobody");
            FuzzViolation.Unless(
                outcome.Has(YamuxEvents.Body) || outcome.Has(YamuxEvents.Skip) || header.Type != YamuxType.Data || header.Length == 0,
                "forgets a payload");
            if (outcome.Has(YamuxEvents.Opened))
            {
                _told.Add(outcome.State!);
                _waiting.Add(outcome.State!);
            }
            return true;
        }

        private void Act(int action)
        {
            var state = _accepted.Count > 0 ? _accepted[^1] : null;
            switch (action)
            {
                case 1 when _waiting.Count > 0:
                    _accepted.Add(_waiting[0]);
                    _machine.Accept(_waiting[0]);
                    _waiting.RemoveAt(0);
                    break;
                case 2 when state is not null:
                    // No more than has arrived, as the connection does it.
                    var arrived = Math.Max(0, state.WindowSize - state.ReceiveWindow - state.Unreported);
                    _machine.Consumed(state, arrived, 0, _now);
                    break;
                case 3 when state is not null:
                    _machine.Queue(state, 1000);
                    _machine.EndWriting(state);
                    break;
                case 4 when state is not null:
                    _machine.Reset(state);
                    _accepted.Remove(state);
                    break;
                case 5:
                    Drain();
                    break;
                case 6 when _opened < MaxStreams && _machine.Open() is { } opened:
                    _opened++;
                    _told.Add(opened);
                    _accepted.Add(opened);
                    break;
                case 7 when state is not null:
                    _machine.Queue(state, 300_000);
                    break;
                case 8:
                    _machine.QueuePing(_now);
                    break;
            }
        }

        private void Check()
        {
            FuzzViolation.Unless(_machine.StreamCount <= MaxStreams + _opened, "holds more streams than its bound");
            foreach (var state in _machine.Streams)
            {
                FuzzViolation.Unless(state.ReceiveWindow >= 0 && state.ReceiveWindow <= _options.MaxWindow, "has a receive window out of its bounds");
                FuzzViolation.Unless(state.SendWindow >= 0 && state.SendWindow <= uint.MaxValue, "has a send window out of its bounds");
                FuzzViolation.Unless(state.Queued >= 0, "owes fewer than no bytes");
            }
        }

        private void Drain()
        {
            var frames = 0;
            while (_machine.TryTakeFrame(_now, out var frame))
            {
                FuzzViolation.Unless(++frames < 10_000, "sends without end");
                FuzzViolation.Unless(frame.Header.Type != YamuxType.Data || frame.Header.Length <= (uint)_options.MaxFramePayload, "sends a frame beyond its bound");
            }
        }
    }
}
