using System.Buffers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Libp2p.Transports;

/// <summary>Reads a socket: waits without a buffer, then rents one as large as what has arrived.</summary>
internal sealed class SocketReader(Socket socket, MemoryPool<byte> pool) : LinearPipeReader(pool, Limit)
{
    /// <summary>The most that may wait unconsumed; the largest message of any layer above is below it.</summary>
    private const int Limit = 1024 * 1024;

    /// <summary>The most that is taken from the socket at once.</summary>
    private const int Portion = 256 * 1024;

    private long _received;

    /// <summary>Bytes that have arrived. One reader adds, so adding needs no lock.</summary>
    public long Received => Volatile.Read(ref _received);

    /// <summary>What reads fail with once the link is aborted.</summary>
    public volatile Exception? Failure;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    protected override async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        try
        {
            var available = socket.Available;
            while (available == 0)
            {
                // A read of no bytes completes when there is something to read, and pins nothing while it waits.
                await socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, cancellationToken).ConfigureAwait(false);
                available = socket.Available;
                // Woken with nothing there, it is the end, which a read tells; or word of what was read before, and then no buffer must wait.
                if (available == 0 && socket.Poll(0, SelectMode.SelectRead))
                    break;
            }
            // What is left of a frame counts too, so that the buffer stays within one portion, and within the cache.
            var wanted = Math.Clamp(available, 1, Math.Max(4096, Portion - Buffer.Length));
            var received = await socket.ReceiveAsync(Buffer.GetRoom(wanted, wanted), SocketFlags.None, cancellationToken).ConfigureAwait(false);
            Buffer.Append(received);
            Volatile.Write(ref _received, _received + received);
            return received > 0;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw Failure ?? SocketFailures.Describe(e);
        }
    }
}
