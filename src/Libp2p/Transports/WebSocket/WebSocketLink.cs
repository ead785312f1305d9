using System.Buffers;
using System.IO.Pipelines;
using System.Net.WebSockets;
using BclWebSocket = System.Net.WebSockets.WebSocket;

namespace Libp2p.Transports.WebSocket;

/// <summary>An open WebSocket as a link: its binary messages are one stream of bytes, its close frames the ends of the two directions.</summary>
internal sealed class WebSocketLink : Link
{
    /// <summary>How long a link that is disposed waits for its last frame to leave, and for the other side's end.</summary>
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(1);

    private readonly Link _carrier;
    private readonly BclWebSocket _socket;
    private readonly bool _isServer;
    private readonly TimeProvider _time;
    private readonly WebSocketReader _reader;
    private readonly WebSocketWriter _writer;
    private Exception? _failure;
    private Task _closing = Task.CompletedTask;

    public WebSocketLink(Link carrier, bool isServer, Multiaddress local, Multiaddress remote, WebSocketOptions options, TimeProvider time)
    {
        _carrier = carrier;
        _isServer = isServer;
        _time = time;
        LocalAddress = local;
        RemoteAddress = remote;
        var stream = new LinkStream(carrier);
        // Whether the other side is alive is the muxer's to ask.
        _socket = BclWebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = isServer, KeepAliveInterval = Timeout.InfiniteTimeSpan });
        _reader = new WebSocketReader(this, _socket, stream, options.MaxMessage);
        _writer = new WebSocketWriter(this, _socket, stream);
    }

    public override PipeReader Input => _reader;

    public override PipeWriter Output => _writer;

    public override Multiaddress LocalAddress { get; }

    public override Multiaddress RemoteAddress { get; }

    public override MemoryPool<byte> Pool => _carrier.Pool;

    public override long? BytesReceived => _carrier.BytesReceived;

    public override long? BytesSent => _carrier.BytesSent;

    /// <summary>What reads and writes fail with; null while the link is whole.</summary>
    public Exception? Failure => Volatile.Read(ref _failure);

    public override void Abort(Exception? reason = null)
    {
        var failure = reason ?? new Libp2pException(Libp2pError.ConnectionClosed, "the connection is closed");
        Interlocked.CompareExchange(ref _failure, failure, null);
        _carrier.Abort(failure);
        _socket.Abort();
    }

    public override async ValueTask DisposeAsync()
    {
        _writer.Complete();
        try
        {
            await _closing.WaitAsync(CloseTimeout, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The other side takes nothing any more: it is left without a goodbye.
        }
        Interlocked.CompareExchange(ref _failure, new Libp2pException(Libp2pError.ConnectionClosed, "the connection is closed"), null);
        // In good order: what was flushed is still sent.
        await _carrier.DisposeAsync().ConfigureAwait(false);
        _reader.Complete();
        _socket.Dispose();
    }

    /// <summary>Ends this direction with a close frame, without waiting for it to leave.</summary>
    public void EndSending() => _closing = EndSendingAsync();

    /// <summary>Told when the other direction has ended, or this one: the server ends the connection beneath once both have (RFC 6455, section 7.1.1).</summary>
    public void EndIfClosed()
    {
        if (_isServer && _socket.State == WebSocketState.Closed)
            _carrier.Output.Complete();
    }

    /// <summary>Ends the link where the other side has broken the protocol.</summary>
    public Exception Fail(string violation)
    {
        Abort(new Libp2pException(Libp2pError.ProtocolViolation, violation));
        return Failure!;
    }

    /// <summary>What a failure of the socket means.</summary>
    public Exception Explain(Exception exception)
    {
        if (Failure is { } failure)
            return failure;
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (e is Libp2pException known)
                return known;
        }
        return exception is WebSocketException { WebSocketErrorCode: not (WebSocketError.ConnectionClosedPrematurely or WebSocketError.InvalidState) }
            ? new Libp2pException(Libp2pError.ProtocolViolation, $"the peer broke the WebSocket protocol: {exception.Message}", exception)
            : new Libp2pException(Libp2pError.ConnectionClosed, "the connection ended without a goodbye", exception);
    }

    private async Task EndSendingAsync()
    {
        try
        {
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None).ConfigureAwait(false);
            EndIfClosed();
        }
        catch (Exception e) when (e is WebSocketException or Libp2pException or OperationCanceledException or ObjectDisposedException)
        {
            // The other side is gone already: there is nobody left to tell that no more will come.
        }
    }
}
