using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Libp2p.Transports;

/// <summary>Writes a link: gathers in one buffer what is written until the flush, sends it whole, and holds nothing afterwards.</summary>
internal abstract class GatheringWriter(MemoryPool<byte> pool) : PipeWriter
{
    /// <summary>The most that may be gathered between two flushes.</summary>
    private const int Limit = 4 * 1024 * 1024;

    /// <summary>Whoever asks for this much at once is sending in bulk: rent room for several such pieces, so that one send carries them.</summary>
    private const int Bulk = 32 * 1024;

    private const int BulkBuffer = 257 * 1024;

    private LinearBuffer _buffer = new(pool, Limit);
    private bool _completed;
    private int _use;

    // Completing may come from another thread while a flush sends from the buffer: whoever of the two ends last returns it.
    private const int Flushing = 1;
    private const int Completed = 2;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _buffer.Length;

    /// <summary>What writes fail with; null while the link is whole.</summary>
    protected abstract Exception? Cause { get; }

    /// <summary>What waits to be sent.</summary>
    protected ReadOnlyMemory<byte> Gathered => _buffer.Filled;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        ObjectDisposedException.ThrowIf(_completed, this);
        return _buffer.GetRoom(sizeHint, sizeHint >= Bulk ? BulkBuffer : 1024);
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes) => _buffer.Append(bytes);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (Cause is { } cause)
            throw cause;
        if ((Interlocked.Or(ref _use, Flushing) & Completed) != 0)
        {
            Interlocked.And(ref _use, ~Flushing);
            throw new ObjectDisposedException(GetType().Name);
        }
        try
        {
            await SendAsync(cancellationToken).ConfigureAwait(false);
            _buffer.Release();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Nobody knows how much of it has left: whatever followed would be out of step.
            Break(new Libp2pException(Libp2pError.ConnectionClosed, "the connection is closed: a write was cancelled half-way"));
            throw;
        }
        catch (Exception e) when (IsLoss(e))
        {
            throw Explain(e);
        }
        finally
        {
            if ((Interlocked.And(ref _use, ~Flushing) & Completed) != 0)
                _buffer.Release();
        }
        return new FlushResult(isCanceled: false, isCompleted: false);
    }

    /// <summary>Not supported on a link: cancel the flush's own token, or abort the link.</summary>
    public override void CancelPendingFlush() =>
        throw new NotSupportedException("A link's pending flush is ended by its cancellation token or by aborting the link.");

    /// <inheritdoc/>
    /// <remarks>What was not flushed is dropped; without an exception the other side is told that no more will come.</remarks>
    public override void Complete(Exception? exception = null)
    {
        // Both directions of a link may end at once, each on a thread of its own: one of them ends this.
        if (Interlocked.Exchange(ref _completed, true))
            return;
        if ((Interlocked.Or(ref _use, Completed) & Flushing) == 0)
            _buffer.Release();
        if (exception is null && Cause is null)
            EndSending();
    }

    /// <summary>Sends all of <see cref="Gathered"/>, and tells <see cref="Consume"/> of each part that has left.</summary>
    protected abstract ValueTask SendAsync(CancellationToken cancellationToken);

    /// <summary>A part of what was gathered has left.</summary>
    protected void Consume(int bytes) => _buffer.Consume(bytes);

    /// <summary>Ends the link: it is of no use any more.</summary>
    protected abstract void Break(Libp2pException reason);

    /// <summary>Whether an exception of a send is about the link, and no defect.</summary>
    protected abstract bool IsLoss(Exception exception);

    /// <summary>What such an exception means.</summary>
    protected abstract Exception Explain(Exception exception);

    /// <summary>Tells the other side that no more will come.</summary>
    protected abstract void EndSending();
}
