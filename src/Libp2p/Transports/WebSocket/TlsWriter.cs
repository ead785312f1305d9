using System.IO.Pipelines;
using System.Net.Security;
using System.Runtime.CompilerServices;

namespace Libp2p.Transports.WebSocket;

/// <summary>Writes TLS: gathers in one buffer what is written until the flush, and holds nothing afterwards.</summary>
internal sealed class TlsWriter(TlsLink link, SslStream stream) : PipeWriter
{
    /// <summary>The most that may be gathered between two flushes.</summary>
    private const int Limit = 4 * 1024 * 1024;

    private LinearBuffer _buffer = new(link.Pool, Limit);
    private bool _completed;
    private int _use;

    // Completing may come from another thread while the stream sends from the buffer: whoever of the two ends last returns it.
    private const int Flushing = 1;
    private const int Completed = 2;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _buffer.Length;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        ObjectDisposedException.ThrowIf(_completed, this);
        return _buffer.GetRoom(sizeHint, Math.Max(sizeHint, 1024));
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes) => _buffer.Append(bytes);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (link.Failure is { } failure)
            throw failure;
        if ((Interlocked.Or(ref _use, Flushing) & Completed) != 0)
        {
            Interlocked.And(ref _use, ~Flushing);
            throw new ObjectDisposedException(nameof(TlsWriter));
        }
        try
        {
            if (_buffer.Length > 0)
                await stream.WriteAsync(_buffer.Filled, cancellationToken).ConfigureAwait(false);
            _buffer.Release();
            await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Nobody knows how much of it has left: whatever followed would be out of step.
            link.Abort(new Libp2pException(Libp2pError.ConnectionClosed, "the connection is closed: a write was cancelled half-way"));
            throw;
        }
        catch (Exception e) when (TlsLink.IsLoss(e))
        {
            throw link.Explain(e);
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

    public override void Complete(Exception? exception = null)
    {
        if (_completed)
            return;
        _completed = true;
        if ((Interlocked.Or(ref _use, Completed) & Flushing) == 0)
            _buffer.Release();
        if (exception is null && link.Failure is null)
            _ = link.EndSendingAsync();
    }
}
