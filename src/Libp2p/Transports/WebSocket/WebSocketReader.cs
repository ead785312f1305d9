using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using BclWebSocket = System.Net.WebSockets.WebSocket;

namespace Libp2p.Transports.WebSocket;

/// <summary>
/// Reads a WebSocket: waits without a buffer, then rents one as large as what has arrived, whatever length a frame declares.
/// </summary>
internal sealed class WebSocketReader(WebSocketLink link, BclWebSocket socket, LinkStream stream, int maxMessage) : LinearPipeReader(link.Pool, Limit)
{
    /// <summary>The most that is received at once.</summary>
    private const int Portion = 65 * 1024;

    /// <summary>The most that may wait unconsumed; the largest message of any layer above is below it.</summary>
    private const int Limit = (1024 * 1024) + Portion;

    /// <summary>What the socket may have read ahead beyond a frame's head.</summary>
    private const int ReadAhead = 128;

    private Task<ValueWebSocketReceiveResult>? _waiting;
    private long _message;

    public override void Complete(Exception? exception = null)
    {
        base.Complete(exception);
        // A wait that a cancelled read left behind ends with the link; nobody asks how.
        _waiting?.ContinueWith(static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
    }

    /// <remarks>The token ends the wait for a frame; one that has begun to arrive is waited for until the link is aborted.</remarks>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    protected override async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (link.Failure is { } failure)
            throw failure;
        try
        {
            while (true)
            {
                var available = _waiting is null ? stream.Available : 0;
                if (available == 0)
                {
                    var waited = await WaitAsync(cancellationToken).ConfigureAwait(false);
                    if (waited.MessageType != WebSocketMessageType.Binary || waited.EndOfMessage)
                    {
                        if (Ends(waited))
                            return false;
                        continue;
                    }
                    available = stream.Available;
                }
                var wanted = Math.Clamp(available, ReadAhead, Portion);
                var received = await socket.ReceiveAsync(Buffer.GetRoom(wanted, wanted)[..wanted], CancellationToken.None).ConfigureAwait(false);
                Buffer.Append(received.Count);
                if (Ends(received))
                    return false;
                if (received.Count > 0)
                    return true;
            }
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw link.Explain(e);
        }
    }

    /// <summary>Counts a piece of a message; true where it is the other side's goodbye.</summary>
    private bool Ends(in ValueWebSocketReceiveResult received)
    {
        if (received.MessageType == WebSocketMessageType.Close)
        {
            link.EndIfClosed();
            return true;
        }
        if (received.MessageType != WebSocketMessageType.Binary)
            throw link.Fail("the peer sent text over the WebSocket where only bytes are due");
        _message = received.EndOfMessage ? 0 : _message + received.Count;
        if (_message > maxMessage)
            throw link.Fail($"the peer sent a WebSocket message of more than {maxMessage} bytes");
        return false;
    }

    private ValueTask<ValueWebSocketReceiveResult> WaitAsync(CancellationToken cancellationToken)
    {
        if (_waiting is null)
        {
            // Cancelling a receive would abort the socket: so the wait goes on for the next read.
            var receiving = socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None);
            if (receiving.IsCompleted || !cancellationToken.CanBeCanceled)
                return receiving;
            _waiting = receiving.AsTask();
        }
        return WaitAgainAsync(cancellationToken);
    }

    private async ValueTask<ValueWebSocketReceiveResult> WaitAgainAsync(CancellationToken cancellationToken)
    {
        var received = await _waiting!.WaitAsync(cancellationToken).ConfigureAwait(false);
        _waiting = null;
        return received;
    }
}
