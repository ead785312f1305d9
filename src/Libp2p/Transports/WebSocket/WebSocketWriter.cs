using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using BclWebSocket = System.Net.WebSockets.WebSocket;

namespace Libp2p.Transports.WebSocket;

/// <summary>Writes a WebSocket: gathers in one buffer what is written until the flush, sends it in binary messages, and holds nothing afterwards.</summary>
internal sealed class WebSocketWriter(WebSocketLink link, BclWebSocket socket, LinkStream stream) : PipeWriter
{
    /// <summary>The largest message that is sent.</summary>
    private const int MaxMessage = 64 * 1024;

    /// <summary>How many messages leave together.</summary>
    private const int MessagesPerFlush = 4;

    /// <summary>The most that may be gathered between two flushes.</summary>
    private const int Limit = 4 * 1024 * 1024;

    /// <summary>Whoever asks for this much at once is sending in bulk: rent room for several such pieces.</summary>
    private const int Bulk = 32 * 1024;

    private const int BulkBuffer = 257 * 1024;

    private LinearBuffer _buffer = new(link.Pool, Limit);
    private bool _completed;
    private int _use;

    // Completing may come from another thread while the socket sends from the buffer: whoever of the two ends last returns it.
    private const int Flushing = 1;
    private const int Completed = 2;

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
        if (link.Failure is { } failure)
            throw failure;
        if ((Interlocked.Or(ref _use, Flushing) & Completed) != 0)
        {
            Interlocked.And(ref _use, ~Flushing);
            throw new ObjectDisposedException(nameof(WebSocketWriter));
        }
        try
        {
            for (var sent = 1; _buffer.Length > 0; sent++)
            {
                // In pieces of one size, so that no last one is tiny.
                var pieces = (_buffer.Length + MaxMessage - 1) / MaxMessage;
                var size = (_buffer.Length + pieces - 1) / pieces;
                stream.HoldsFlushes = pieces > 1 && sent % MessagesPerFlush != 0;
                await socket.SendAsync(_buffer.Filled[..size], WebSocketMessageType.Binary, endOfMessage: true, cancellationToken).ConfigureAwait(false);
                _buffer.Consume(size);
            }
            _buffer.Release();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Nobody knows how much of it has left: whatever followed would be out of step.
            link.Abort(new Libp2pException(Libp2pError.ConnectionClosed, "the connection is closed: a write was cancelled half-way"));
            throw;
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            throw link.Explain(e);
        }
        finally
        {
            stream.HoldsFlushes = false;
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
            link.EndSending();
    }
}
