using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Libp2p.Security.Tls;

/// <summary>
/// Writes a secured link: gathers what is written until the flush, and seals it into full records in the inner output, which then
/// sends them all at once. It holds no buffer between two flushes.
/// </summary>
internal sealed class TlsWriter(TlsSecureLink link, PipeWriter inner, SslStream tls, SslTurn turn, DeferredFlush deferred, MemoryPool<byte> pool) : PipeWriter
{
    /// <summary>The most that waits to be sealed while the reader flushes.</summary>
    private const int Limit = 4 * 1024 * 1024;

    /// <summary>Full records are sealed before the flush once there are four, while they are still in the cache.</summary>
    private const int Portion = 4 * TlsRecord.MaxPlaintext;

    /// <summary>How much <see cref="WriteAsync"/> writes between two flushes.</summary>
    private const int PortionsPerFlush = 4;

    /// <summary>Whoever asks for this much at once is sending in bulk: rent room for several such pieces.</summary>
    private const int Bulk = 32 * 1024;

    private const int BulkBuffer = 257 * 1024;

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LinearBuffer _plain = new(pool, Limit);
    private volatile bool _isFlushing;
    private int _completed;

    /// <summary>Completes when the goodbye has been handed to the link below, or there is none to be said.</summary>
    public Task Ended => _ended.Task;

    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    /// <inheritdoc/>
    /// <remarks>What is sealed already counts as it will travel, the rest as it was written.</remarks>
    public override long UnflushedBytes => inner.UnflushedBytes + _plain.Length;

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _completed) != 0, this);
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        if (link.Failure is { } failure)
            throw failure;
        if (_plain.Length >= Portion && deferred.TryTakeOver())
            Seal(_plain.Length - (_plain.Length % TlsRecord.MaxPlaintext));
        return _plain.GetRoom(sizeHint, sizeHint >= Bulk ? BulkBuffer : 1024);
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes) => _plain.Append(bytes);

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _completed) != 0, this);
            if (link.Failure is { } failure)
                return ValueTask.FromException<FlushResult>(failure);
            if (!deferred.TryTakeOver())
                return FlushAfterReaderAsync(cancellationToken);
            Seal(_plain.Length);
        }
        catch (Exception e)
        {
            return ValueTask.FromException<FlushResult>(e);
        }
        var flush = inner.FlushAsync(cancellationToken);
        return flush.IsCompleted ? flush : AwaitAsync(flush);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        var portions = 0;
        while (!source.IsEmpty)
        {
            var count = Math.Min(source.Length, Portion);
            source[..count].CopyTo(GetMemory(count));
            Advance(count);
            source = source[count..];
            if (source.IsEmpty || ++portions % PortionsPerFlush != 0)
                continue;
            var result = await FlushAsync(cancellationToken).ConfigureAwait(false);
            if (result.IsCompleted || result.IsCanceled)
                return result;
        }
        return await FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Not supported on a link: cancel the flush's own token, or abort the link.</summary>
    public override void CancelPendingFlush() =>
        throw new NotSupportedException("A link's pending flush is ended by its cancellation token or by aborting the link.");

    /// <inheritdoc/>
    /// <remarks>What was not flushed is dropped; the other side is told that this is the end, so that it knows it from a cut.</remarks>
    public override void Complete(Exception? exception = null)
    {
        if (Interlocked.Exchange(ref _completed, 1) != 0)
            return;
        _plain.Release();
        _ = EndAsync(exception);
    }

    private async Task EndAsync(Exception? exception)
    {
        try
        {
            // A flush that hangs has the output; then the other side takes nothing any more, and hears no goodbye either.
            if (exception is null && link.Failure is null && !_isFlushing && deferred.TryTakeOver())
            {
                await turn.ShutdownAsync(tls).ConfigureAwait(false);
                await inner.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is Libp2pException or IOException or InvalidOperationException or OperationCanceledException)
        {
            // The link is gone already: there is nobody left to tell.
        }
        finally
        {
            await inner.CompleteAsync(exception).ConfigureAwait(false);
            _ended.TrySetResult();
        }
    }

    private async ValueTask<FlushResult> FlushAfterReaderAsync(CancellationToken cancellationToken)
    {
        await deferred.WaitAsync(cancellationToken).ConfigureAwait(false);
        return await FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<FlushResult> AwaitAsync(ValueTask<FlushResult> flush)
    {
        _isFlushing = true;
        try
        {
            return await flush.ConfigureAwait(false);
        }
        finally
        {
            _isFlushing = false;
        }
    }

    /// <summary>Seals the first bytes of what was written into the inner output.</summary>
    private void Seal(int count)
    {
        if (count == 0)
            return;
        try
        {
            // The stream below only copies into the inner output, so this never waits.
            var plain = _plain.Filled[..count];
            if (MemoryMarshal.TryGetArray<byte>(plain, out var array))
                tls.Write(array.Array!, array.Offset, array.Count);
            else
                tls.Write(plain.Span);
        }
        catch (Exception e) when (e is ObjectDisposedException or IOException && link.Failure is not null)
        {
            throw link.Failure;
        }
        _plain.Consume(count);
        _plain.ReleaseIfEmpty();
    }
}
