using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Libp2p.Testing;

/// <summary>One end of a <see cref="LinkPair"/>.</summary>
internal sealed class LinkEnd : Link
{
    private readonly PipeReader _reader;
    private readonly PipeWriter _writer;
    private LinkEnd? _other;
    private Exception? _failure;

    public LinkEnd(PipeReader reader, PipeWriter writer, string local, string remote, MemoryPool<byte> pool)
    {
        _reader = reader;
        _writer = writer;
        Input = new Reader(this);
        Output = new Writer(this);
        LocalAddress = Multiaddress.Parse(local);
        RemoteAddress = Multiaddress.Parse(remote);
        Pool = pool;
    }

    public override PipeReader Input { get; }

    public override PipeWriter Output { get; }

    public override Multiaddress LocalAddress { get; }

    public override Multiaddress RemoteAddress { get; }

    public override MemoryPool<byte> Pool { get; }

    private Exception? Failure => Volatile.Read(ref _failure);

    public void Join(LinkEnd other)
    {
        _other = other;
        other._other = this;
    }

    public override void Abort(Exception? reason = null)
    {
        Fail(reason ?? new Libp2pException(Libp2pError.ConnectionClosed, "the connection is closed"));
        _other!.Fail(new Libp2pException(Libp2pError.ConnectionClosed, "the connection was reset by the other side"));
    }

    public override ValueTask DisposeAsync()
    {
        Fail(new Libp2pException(Libp2pError.ConnectionClosed, "the connection is closed"));
        _writer.Complete();
        _reader.Complete();
        return ValueTask.CompletedTask;
    }

    // Completing a pipe while someone uses it would return memory that is in use: an abort only wakes who waits.
    private void Fail(Exception failure)
    {
        if (Interlocked.CompareExchange(ref _failure, failure, null) is not null)
            return;
        _reader.CancelPendingRead();
        _writer.CancelPendingFlush();
    }

    private void ThrowIfFailed()
    {
        if (Failure is { } failure)
            throw failure;
    }

    private sealed class Reader(LinkEnd end) : PipeReader
    {
        public override bool TryRead(out ReadResult result)
        {
            end.ThrowIfFailed();
            return end._reader.TryRead(out result);
        }

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            end.ThrowIfFailed();
            var result = await end._reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (result.IsCanceled)
                end.ThrowIfFailed();
            return result;
        }

        public override void AdvanceTo(SequencePosition consumed) => end._reader.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => end._reader.AdvanceTo(consumed, examined);

        public override void CancelPendingRead() => end._reader.CancelPendingRead();

        public override void Complete(Exception? exception = null) => end._reader.Complete();
    }

    private sealed class Writer(LinkEnd end) : PipeWriter
    {
        public override bool CanGetUnflushedBytes => true;

        public override long UnflushedBytes => end._writer.UnflushedBytes;

        public override Memory<byte> GetMemory(int sizeHint = 0)
        {
            end.ThrowIfFailed();
            return end._writer.GetMemory(sizeHint);
        }

        public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

        public override void Advance(int bytes) => end._writer.Advance(bytes);

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
        {
            end.ThrowIfFailed();
            var result = await end._writer.FlushAsync(cancellationToken).ConfigureAwait(false);
            if (result.IsCanceled)
                end.ThrowIfFailed();
            return result;
        }

        public override void CancelPendingFlush() => end._writer.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => end._writer.Complete();
    }
}
