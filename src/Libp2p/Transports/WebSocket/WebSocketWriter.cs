using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using BclWebSocket = System.Net.WebSockets.WebSocket;

namespace Libp2p.Transports.WebSocket;

/// <summary>Writes a WebSocket, in binary messages.</summary>
internal sealed class WebSocketWriter(WebSocketLink link, BclWebSocket socket, LinkStream stream) : GatheringWriter(link.Pool)
{
    /// <summary>The largest message that is sent.</summary>
    private const int MaxMessage = 64 * 1024;

    /// <summary>How many messages leave together.</summary>
    private const int MessagesPerFlush = 4;

    private readonly WebSocketLink _link = link;

    protected override Exception? Cause => _link.Failure;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    protected override async ValueTask SendAsync(CancellationToken cancellationToken)
    {
        try
        {
            for (var sent = 1; !Gathered.IsEmpty; sent++)
            {
                // In pieces of one size, so that no last one is tiny.
                var pieces = (Gathered.Length + MaxMessage - 1) / MaxMessage;
                var size = (Gathered.Length + pieces - 1) / pieces;
                stream.HoldsFlushes = pieces > 1 && sent % MessagesPerFlush != 0;
                await socket.SendAsync(Gathered[..size], WebSocketMessageType.Binary, endOfMessage: true, cancellationToken).ConfigureAwait(false);
                Consume(size);
            }
        }
        finally
        {
            stream.HoldsFlushes = false;
        }
    }

    protected override void Break(Libp2pException reason) => _link.Abort(reason);

    protected override bool IsLoss(Exception exception) => exception is WebSocketException or OperationCanceledException or ObjectDisposedException;

    protected override Exception Explain(Exception exception) => _link.Explain(exception);

    protected override void EndSending() => _link.EndSending();
}
