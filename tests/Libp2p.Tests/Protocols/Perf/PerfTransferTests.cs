using System.Buffers;
using System.IO.Pipelines;
using Libp2p.Protocols.Perf;
using Libp2p.Testing;

namespace Libp2p.Tests.Protocols.Perf;

public class PerfTransferTests
{
    const ulong GiB = 1 << 30;

    [Fact]
    public void Sending_a_gibibyte_allocates_no_more_than_sending_a_byte()
    {
        var sink = new Sink();
        var identity = Identity.Generate();
        var address = Multiaddress.Parse("/memory/1");
        var stream = new PeerStream(sink, PerfService.Protocol, new ConnectionInfo
        {
            Id = 1,
            RemotePeer = identity.PeerId,
            RemoteKey = identity.PublicKey,
            Role = Role.Dialer,
            LocalAddress = address,
            RemoteAddress = address,
            Security = "/noise",
            Muxer = "/yamux/1.0.0",
            OpenedAt = DateTimeOffset.UnixEpoch,
            HandshakeTime = TimeSpan.Zero,
        });
        var transfers = 0;

        Assert.InRange(Allocations.Least(() => Send()), 0, 1024);
        Assert.Equal(transfers * (long)GiB, sink.Written);

        void Send()
        {
            transfers++;
            Assert.True(PerfTransfer.SendAsync(stream, GiB, CancellationToken.None).AsTask().IsCompletedSuccessfully);
        }
    }

    [Fact]
    public void Counting_a_gibibyte_allocates_no_more_than_counting_a_byte()
    {
        // The sources are made before: only the counting is measured.
        var sources = new Queue<Source>(Enumerable.Range(0, 1 + Allocations.Rounds).Select(_ => new Source((long)GiB)));
        Assert.InRange(Allocations.Least(() => Assert.Equal(GiB, PerfTransfer.CountAsync(sources.Dequeue(), GiB, CancellationToken.None).AsTask().Result)), 0, 1024);
    }

    sealed class Sink : MuxedStream
    {
        readonly SinkWriter _writer = new();

        public long Written => _writer.Written;

        public override long Id => 1;

        public override Role Role => Role.Dialer;

        public override PipeReader Input => throw new NotSupportedException();

        public override PipeWriter Output => _writer;

        public override void Reset()
        {
        }

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    sealed class SinkWriter : PipeWriter
    {
        readonly byte[] _room = new byte[256 * 1024];

        public long Written { get; private set; }

        public override void Advance(int bytes) => Written += bytes;

        public override Memory<byte> GetMemory(int sizeHint = 0) => _room;

        public override Span<byte> GetSpan(int sizeHint = 0) => _room;

        public override void CancelPendingFlush()
        {
        }

        public override void Complete(Exception? exception = null)
        {
        }

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => default;
    }

    sealed class Source(long count) : PipeReader
    {
        readonly byte[] _portion = new byte[64 * 1024];

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            var portion = (int)Math.Min(count, _portion.Length);
            count -= portion;
            return new ValueTask<ReadResult>(new ReadResult(new ReadOnlySequence<byte>(_portion, 0, portion), isCanceled: false, isCompleted: count == 0));
        }

        public override bool TryRead(out ReadResult result) => throw new NotSupportedException();

        public override void AdvanceTo(SequencePosition consumed)
        {
        }

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
        }

        public override void CancelPendingRead()
        {
        }

        public override void Complete(Exception? exception = null)
        {
        }
    }
}
