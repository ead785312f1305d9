using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Libp2p.Transports;

/// <summary>Writes a socket: gathers in one buffer what is written until the flush, sends it whole, and holds nothing afterwards.</summary>
internal sealed class SocketWriter(Socket socket, MemoryPool<byte> pool) : PipeWriter
{
    /// <summary>The most that may be gathered between two flushes.</summary>
    private const int Limit = 4 * 1024 * 1024;

    /// <summary>Whoever asks for this much at once is sending in bulk: rent room for several such pieces, so that one send carries them.</summary>
    private const int Bulk = 32 * 1024;

    private const int BulkBuffer = 257 * 1024;

    private LinearBuffer _buffer = new(pool, Limit);
    private bool _completed;
    private int _use;
    private long _sent;

    // Completing may come from another thread while the socket sends from the buffer: whoever of the two ends last returns it.
    private const int Flushing = 1;
    private const int Completed = 2;

    /// <summary>Bytes that have left. One flush at a time adds, so adding needs no lock.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>What writes fail with once the link is aborted.</summary>
    public volatile Exception? Failure;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _buffer.Length;

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
        if (Failure is { } failure)
            throw failure;
        if ((Interlocked.Or(ref _use, Flushing) & Completed) != 0)
        {
            Interlocked.And(ref _use, ~Flushing);
            throw new ObjectDisposedException(nameof(SocketWriter));
        }
        try
        {
            while (_buffer.Length > 0)
            {
                var sent = await socket.SendAsync(_buffer.Filled, SocketFlags.None, cancellationToken).ConfigureAwait(false);
                _buffer.Consume(sent);
                Volatile.Write(ref _sent, _sent + sent);
            }
            _buffer.Release();
        }
        catch (OperationCanceledException)
        {
            // Nobody knows how much of it has left: whatever followed would be out of step.
            Failure ??= new Libp2pException(Libp2pError.ConnectionClosed, "the connection is closed: a write was cancelled half-way");
            socket.Dispose();
            throw;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw Failure ?? SocketFailures.Describe(e);
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
        if (exception is null && Failure is null)
            EndSending();
    }

    private void EndSending()
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The other side is gone already: there is nobody left to tell that no more will come.
        }
    }
}
