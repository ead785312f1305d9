using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Libp2p.Transports.Memory;

/// <summary>The writing end of a link in memory: a pipe's writer that fails with its link, and when nobody reads any more.</summary>
internal sealed class MemoryWriter(MemoryLink link, PipeWriter inner) : PipeWriter
{
    private int _completed;
    private long _sent;

    /// <summary>Bytes that were flushed. One flush at a time adds, so adding needs no lock.</summary>
    public long Sent => Volatile.Read(ref _sent);

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => inner.UnflushedBytes;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        link.ThrowIfFailed();
        return inner.GetMemory(sizeHint);
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes) => inner.Advance(bytes);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        link.ThrowIfFailed();
        Volatile.Write(ref _sent, _sent + inner.UnflushedBytes);
        var result = await inner.FlushAsync(cancellationToken).ConfigureAwait(false);
        if (result.IsCanceled)
            link.ThrowIfFailed();
        if (result.IsCompleted)
            throw new Libp2pException(Libp2pError.ConnectionClosed, "the connection was closed by the other side");
        return result;
    }

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null)
    {
        if (Interlocked.Exchange(ref _completed, 1) == 0)
            inner.Complete();
    }
}
