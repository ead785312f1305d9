using System.Buffers;
using Libp2p.Muxers.Mplex;

namespace Libp2p.Fuzz.Tests.Targets;

internal static class MplexTargets
{
    private const int MaxStreams = 8;
    private const int MaxMessage = 64 * 1024;

    public static FuzzTarget MplexHeaders() => new(nameof(MplexHeaders), [Header(MplexFlag.NewStream, 0, 1), Header(MplexFlag.MessageReceiver, 1L << 40, MaxMessage)], input =>
    {
        var result = MplexHeader.TryRead(new ReadOnlySequence<byte>(input), MaxMessage, out var header, out var size, out var error);
        FuzzViolation.Unless((result == MplexRead.Malformed) == (error is not null), "refuses without a reason, or takes with one");
        if (result != MplexRead.Header)
            return false;
        FuzzViolation.Unless(header.Length <= MaxMessage && header.StreamId <= MplexHeader.MaxStreamId, "takes what is beyond its bounds");
        Span<byte> written = stackalloc byte[MplexHeader.MaxSize];
        FuzzViolation.Unless(header.Write(written) == size && header.Size == size, "does not measure what it read");
        FuzzViolation.Unless(written[..size].SequenceEqual(input.AsSpan(0, size)), "does not write what it read");
        return true;
    })
    { MaxLength = 24 };

    /// <summary>A session: the input is headers, and between them, by the byte before each, what the application does meanwhile.</summary>
    public static FuzzTarget MplexSession() => new(
        nameof(MplexSession),
        [
            [0, .. Header(MplexFlag.NewStream, 1, 3), 0, .. Header(MplexFlag.MessageInitiator, 1, 500), 1, 2, 0, .. Header(MplexFlag.CloseInitiator, 1, 0), 3, 5],
            [0, .. Header(MplexFlag.NewStream, 1, 0), 0, .. Header(MplexFlag.ResetInitiator, 1, 0), 5, 6, 2, 5, 0, .. Header(MplexFlag.MessageReceiver, 0, 100), 1, 4, 5],
            [0, .. Header(MplexFlag.NewStream, 9, 0), 7, 0, .. Header(MplexFlag.MessageInitiator, 9, 100), 5],
        ],
        input => new Session().Run(input))
    { MaxLength = 1024, FixedAllocation = 64 * 1024, AllocationPerByte = 256 };

    private static byte[] Header(MplexFlag flag, long id, int length)
    {
        var bytes = new byte[MplexHeader.MaxSize];
        var header = new MplexHeader(flag, id, length);
        return bytes[..header.Write(bytes)];
    }

    private sealed class Session
    {
        private readonly MplexOptions _options = new() { MaxInboundStreams = MaxStreams };
        private readonly MplexMachine _machine;
        private readonly List<MplexStreamState> _streams = [];
        private int _opened;
        private TimeSpan _now;

        public Session() => _machine = new MplexMachine(_options);

        public bool Run(ReadOnlySpan<byte> input)
        {
            while (!input.IsEmpty)
            {
                var action = input[0] % 8;
                input = input[1..];
                _now += TimeSpan.FromMilliseconds(1);
                if (action != 0)
                {
                    Act(action);
                }
                else
                {
                    if (MplexHeader.TryRead(new ReadOnlySequence<byte>(input.ToArray()), MaxMessage, out var header, out var size, out _) != MplexRead.Header)
                        return false;
                    input = input[size..];
                    if (!Receive(header))
                        return false;
                }
                Check();
            }
            Drain();
            return true;
        }

        private bool Receive(in MplexHeader header)
        {
            if (_machine.FullFor(header) is { } full)
            {
                FuzzViolation.Unless(full.UnreadEnds!.Count > 0, "waits for a stream that holds nothing");
                _machine.Reset(full);
            }
            var outcome = _machine.Receive(header, _now);
            FuzzViolation.Unless(outcome.Has(MplexEvents.Violation) == (outcome.Error is not null), "ends a session without a reason");
            if (outcome.Has(MplexEvents.Violation))
            {
                FuzzViolation.Unless(_machine.Streams.All(_streams.Contains), "ends a session with a stream that nobody was told of");
                return false;
            }
            FuzzViolation.Unless(outcome.Has(MplexEvents.Body) ^ outcome.Has(MplexEvents.Skip) || header.Length == 0, "forgets data, or gives it twice");
            if (outcome.Has(MplexEvents.Opened))
                _streams.Add(outcome.State!);
            return true;
        }

        private void Act(int action)
        {
            var state = _streams.Count > 0 ? _streams[^1] : null;
            switch (action)
            {
                case 1 when state is not null:
                    MplexMachine.Consumed(state, state.Received - state.Consumed);
                    break;
                case 2 when state is not null:
                    _machine.Queue(state, 100_000);
                    break;
                case 3 when state is not null:
                    _machine.EndWriting(state);
                    break;
                case 4 when state is not null:
                    _machine.Reset(state);
                    _streams.Remove(state);
                    break;
                case 5:
                    Drain();
                    break;
                case 6 when _opened < MaxStreams && _machine.Open() is { } opened:
                    _opened++;
                    _streams.Add(opened);
                    break;
                case 7 when state is not null:
                    _machine.EndReading(state, _now);
                    break;
            }
        }

        private void Check()
        {
            FuzzViolation.Unless(_machine.StreamCount <= MaxStreams + _opened, "holds more streams than its bound");
            foreach (var state in _machine.Streams)
            {
                FuzzViolation.Unless(state.UnreadEnds is null || state.UnreadEnds.Count <= _options.MaxUnreadMessages, "holds more messages than its bound");
                FuzzViolation.Unless(state.Received - state.Consumed <= _options.MaxUnread || state.LingerUntil is not null, "holds more bytes than its bound");
                FuzzViolation.Unless(state.Queued >= 0, "owes fewer than no bytes");
            }
        }

        private void Drain()
        {
            var frames = 0;
            while (_machine.TryTakeFrame(out var frame))
            {
                FuzzViolation.Unless(++frames < 10_000, "sends without end");
                FuzzViolation.Unless(frame.Header.Length <= _options.MaxMessageSent, "sends a message beyond its bound");
            }
        }
    }
}
