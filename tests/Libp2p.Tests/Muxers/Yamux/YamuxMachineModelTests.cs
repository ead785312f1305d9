using Libp2p.Muxers.Yamux;
using Libp2p.Testing;

namespace Libp2p.Tests.Muxers.Yamux;

/// <summary>Two machines on a lossless wire do at random whatever an application may; what must always hold is checked at every step.</summary>
public sealed class YamuxMachineModelTests
{
    const int Steps = 20_000;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Whatever_two_applications_do_the_rules_hold(int run)
    {
        var random = new Random(TestRandom.Seed() + run);
        var options = new YamuxOptions { MaxInboundStreams = 20, MaxUnacknowledged = 10, MaxFramePayload = 1 << random.Next(8, 17), AbandonedStreamsBurst = 1_000_000 };
        var dialer = new Side(new YamuxMachine(Role.Dialer, options), options);
        var listener = new Side(new YamuxMachine(Role.Listener, options), options);
        var now = TimeSpan.Zero;
        for (var i = 0; i < Steps; i++)
        {
            now += TimeSpan.FromMilliseconds(random.Next(20));
            var (side, other) = random.Next(2) == 0 ? (dialer, listener) : (listener, dialer);
            switch (random.Next(10))
            {
                case 0: side.Open(); break;
                case 1 or 2: side.Write(random); break;
                case 3: side.End(random); break;
                case 4 when random.Next(4) == 0: side.Reset(random); break;
                case 5: side.Machine.QueuePing(now); break;
                case 6 or 7: side.Read(random, now); break;
                default: side.Transmit(other, now, random.Next(1, 20)); break;
            }
        }
        // To the end: everybody ends writing and reads all there is.
        for (var progress = true; progress;)
        {
            now += TimeSpan.FromMilliseconds(1);
            dialer.EndAll();
            listener.EndAll();
            progress = dialer.Transmit(listener, now, int.MaxValue) | listener.Transmit(dialer, now, int.MaxValue) | dialer.ReadAll(now) | listener.ReadAll(now);
        }
        Assert.Equal(0, dialer.Machine.StreamCount);
        Assert.Equal(0, listener.Machine.StreamCount);
        dialer.AssertArrived(listener);
        listener.AssertArrived(dialer);
        Assert.True(dialer.Sent > 1_000_000, $"Only {dialer.Sent} bytes were sent: the test shows too little.");
    }

    sealed class Stream(YamuxStreamState state)
    {
        public YamuxStreamState State { get; } = state;
        public long Queued;
        public long Received;
        public long Unread;
        public bool Ended;
        public bool RemoteEnded;
        public bool Reset;
        public long SentOnWire;
        public bool SentEnd;
        public bool SentReset;
    }

    sealed class Side(YamuxMachine machine, YamuxOptions options)
    {
        readonly Dictionary<uint, Stream> _streams = [];

        public YamuxMachine Machine { get; } = machine;

        public long Sent { get; private set; }

        IEnumerable<Stream> Live => _streams.Values.Where(s => !s.Reset);

        public void Open()
        {
            if (Machine.StreamCount < 15 && Machine.Open() is { } state)
                _streams.Add(state.Id, new Stream(state));
        }

        public void Write(Random random) => With(random, Live.Where(s => !s.Ended), s =>
        {
            var bytes = random.Next(1, 1 << random.Next(1, 19));
            s.Queued += bytes;
            Machine.Queue(s.State, bytes);
        });

        public void End(Random random) => With(random, Live.Where(s => !s.Ended), End);

        public void EndAll()
        {
            foreach (var stream in Live.Where(s => !s.Ended).ToList())
                End(stream);
        }

        public void Reset(Random random) => With(random, Live.Where(s => !s.State.IsGone), s =>
        {
            s.Reset = true;
            Machine.Reset(s.State);
        });

        public void Read(Random random, TimeSpan now) => With(random, Live.Where(s => s.Unread > 0), s => Read(s, random.NextInt64(1, s.Unread + 1), now));

        public bool ReadAll(TimeSpan now)
        {
            var unread = Live.Where(s => s.Unread > 0).ToList();
            unread.ForEach(s => Read(s, s.Unread, now));
            return unread.Count > 0;
        }

        /// <summary>Sends frames to the other side, which takes them at once.</summary>
        public bool Transmit(Side other, TimeSpan now, int most)
        {
            var sent = 0;
            for (; sent < most && Machine.TryTakeFrame(now, out var frame); sent++)
            {
                CheckSending(frame);
                other.Take(frame.Header, now);
            }
            return sent > 0;
        }

        public void AssertArrived(Side other)
        {
            foreach (var (id, stream) in _streams)
            {
                if (other._streams.TryGetValue(id, out var far) && !stream.Reset && !far.Reset)
                    Assert.Equal(stream.Queued, far.Received);
            }
        }

        void CheckSending(in YamuxFrame frame)
        {
            var header = frame.Header;
            if (header.StreamId == 0 || !_streams.TryGetValue(header.StreamId, out var stream))
                return; // The refusal of a stream that was never taken.
            Assert.False(stream.SentReset, $"A frame of stream {header.StreamId} follows its reset.");
            if (header.Type == YamuxType.Data)
            {
                Assert.False(stream.SentEnd, $"Data of stream {header.StreamId} follows its end.");
                Assert.InRange(header.Length, 1u, (uint)options.MaxFramePayload);
                stream.SentOnWire += header.Length;
                Sent += header.Length;
                Assert.True(stream.SentOnWire <= stream.Queued);
            }
            if (header.Has(YamuxFlags.Fin))
            {
                Assert.False(stream.SentEnd);
                Assert.Equal(stream.Queued, stream.SentOnWire);
                stream.SentEnd = true;
            }
            stream.SentReset |= header.Has(YamuxFlags.Rst);
        }

        void Take(in YamuxHeader header, TimeSpan now)
        {
            var outcome = Machine.Receive(header, now);
            Assert.False(outcome.Has(YamuxEvents.Violation), outcome.Error);
            if (outcome.Has(YamuxEvents.Opened))
            {
                _streams.Add(header.StreamId, new Stream(outcome.State!));
                Machine.Accept(outcome.State!);
            }
            if (outcome.State is not { } state || !_streams.TryGetValue(state.Id, out var stream))
                return;
            if (outcome.Has(YamuxEvents.Body))
            {
                Assert.False(stream.RemoteEnded);
                stream.Received += header.Length;
                stream.Unread += header.Length;
                Assert.True(stream.Unread <= options.MaxWindow, "More is unread than the largest window.");
            }
            stream.RemoteEnded |= outcome.Has(YamuxEvents.Ended);
            stream.Reset |= outcome.Has(YamuxEvents.Reset);
        }

        void End(Stream stream)
        {
            stream.Ended = true;
            Machine.EndWriting(stream.State);
        }

        void Read(Stream stream, long bytes, TimeSpan now)
        {
            stream.Unread -= bytes;
            Machine.Consumed(stream.State, bytes, unread: 0, now);
        }

        static void With(Random random, IEnumerable<Stream> streams, Action<Stream> act)
        {
            var all = streams.ToList();
            if (all.Count > 0)
                act(all[random.Next(all.Count)]);
        }
    }
}
