using System.Buffers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Libp2p.Transports;

/// <summary>
/// Reads a socket: waits without a buffer, then rents one for what has arrived. Small messages, which come one at a time, cost two
/// calls of the system each: one that finds nothing more, and one that reads.
/// </summary>
internal sealed class SocketReader : LinearPipeReader
{
    /// <summary>The most that may wait unconsumed; the largest message of any layer above is below it.</summary>
    private const int Limit = 1024 * 1024;

    /// <summary>The most that is taken from the socket at once.</summary>
    private const int Portion = 256 * 1024;

    /// <summary>As long as less than this came the last time, nobody asks how much there is: it is rented.</summary>
    private const int Small = 1024;

    private readonly Socket _socket;
    private long _received;
    private bool _isSmall = true;

    /// <summary>Creates it.</summary>
    /// <param name="socket">A connected socket. It is made non-blocking.</param>
    /// <param name="pool">Where buffers come from.</param>
    public SocketReader(Socket socket, MemoryPool<byte> pool)
        : base(pool, Limit)
    {
        _socket = socket;
        _socket.Blocking = false;
    }

    /// <summary>Bytes that have arrived. One reader adds, so adding needs no lock.</summary>
    public long Received => Volatile.Read(ref _received);

    /// <summary>What reads fail with once the link is aborted.</summary>
    public volatile Exception? Failure;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    protected override async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var available = _isSmall ? 0 : _socket.Available;
                if (available == 0)
                {
                    // A read of no bytes completes when there is something to read, or the end, and pins nothing while it waits.
                    await _socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, cancellationToken).ConfigureAwait(false);
                    available = _isSmall ? 0 : _socket.Available;
                }
                if (TryReceive(available, out var received))
                    return received > 0;
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw Failure ?? SocketFailures.Describe(e);
        }
    }

    /// <summary>Takes what is there: 0 at the end, false where there is nothing. The wait may end with word of what was read before.</summary>
    private bool TryReceive(int available, out int received)
    {
        // What is left of a frame counts too, so that the buffer stays within one portion, and within the cache.
        var wanted = Math.Clamp(available, 1, Math.Max(4096, Portion - Buffer.Length));
        var room = Buffer.GetRoom(wanted, Math.Max(wanted, Small)).Span;
        received = _socket.Receive(room, SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock)
        {
            Buffer.ReleaseIfEmpty();
            return false;
        }
        if (error != SocketError.Success)
            throw new SocketException((int)error);
        Buffer.Append(received);
        _isSmall = received < Math.Min(Small, room.Length);
        Volatile.Write(ref _received, _received + received);
        return true;
    }
}
