using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Libp2p.Transports.Memory;

/// <summary>The reading end of a link in memory: a pipe's reader that fails with its link.</summary>
internal sealed class MemoryReader(MemoryLink link, PipeReader inner) : PipeReader
{
    private readonly Lock _gate = new();
    private bool _isPending;
    private bool _completed;

    public override bool TryRead(out ReadResult result)
    {
        ObjectDisposedException.ThrowIf(_completed, link);
        link.ThrowIfFailed();
        return inner.TryRead(out result);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            link.ThrowIfFailed();
            ObjectDisposedException.ThrowIf(_completed, link);
            _isPending = true;
        }
        ReadResult result;
        try
        {
            result = await inner.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            EndRead();
            throw;
        }
        if (EndRead())
            throw link.Failure ?? MemoryLink.Closed();
        if ((result.IsCanceled || result.IsCompleted) && link.Failure is { } failure)
        {
            inner.AdvanceTo(result.Buffer.Start);
            throw failure;
        }
        return result;
    }

    public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => inner.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null)
    {
        lock (_gate)
        {
            if (_completed)
                return;
            _completed = true;
            if (_isPending)
                return; // Whoever waits still holds the pipe: it is completed when that read ends.
        }
        inner.Complete();
    }

    /// <summary>True where the reader was completed meanwhile: then the pipe's memory is gone.</summary>
    private bool EndRead()
    {
        lock (_gate)
        {
            _isPending = false;
            if (!_completed)
                return false;
        }
        inner.Complete();
        return true;
    }
}
