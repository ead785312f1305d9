using System.Buffers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Libp2p.Transports;

/// <summary>Writes a socket.</summary>
internal sealed class SocketWriter(Socket socket, MemoryPool<byte> pool) : GatheringWriter(pool)
{
    private long _sent;

    /// <summary>Bytes that have left. One flush at a time adds, so adding needs no lock.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>What writes fail with once the link is aborted.</summary>
    public volatile Exception? Failure;

    protected override Exception? Cause => Failure;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    protected override async ValueTask SendAsync(CancellationToken cancellationToken)
    {
        while (!Gathered.IsEmpty)
        {
            var sent = await socket.SendAsync(Gathered, SocketFlags.None, cancellationToken).ConfigureAwait(false);
            Consume(sent);
            Volatile.Write(ref _sent, _sent + sent);
        }
    }

    protected override void Break(Libp2pException reason)
    {
        Failure ??= reason;
        socket.Dispose();
    }

    protected override bool IsLoss(Exception exception) => exception is SocketException or ObjectDisposedException;

    protected override Exception Explain(Exception exception) => Failure ?? SocketFailures.Describe(exception);

    protected override void EndSending()
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
