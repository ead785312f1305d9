using System.Buffers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Libp2p.Transports;

/// <summary>Writes a socket: at once where it takes what there is, as nearly always, and by waiting for it else.</summary>
internal sealed class SocketWriter : GatheringWriter
{
    private readonly Socket _socket;
    private long _sent;

    /// <summary>Creates it, and makes sure that a send which cannot be done at once says so instead of waiting.</summary>
    public SocketWriter(Socket socket, MemoryPool<byte> pool)
        : base(pool)
    {
        _socket = socket;
        _socket.Blocking = false;
    }

    /// <summary>Bytes that have left. One flush at a time adds, so adding needs no lock.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>What writes fail with once the link is aborted.</summary>
    public volatile Exception? Failure;

    protected override Exception? Cause => Failure;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    protected override async ValueTask SendAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var hasWaited = false;
        while (!Gathered.IsEmpty)
        {
            var sent = _socket.Send(Gathered.Span, SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
            {
                sent = await _socket.SendAsync(Gathered, SocketFlags.None, cancellationToken).ConfigureAwait(false);
                hasWaited = true;
            }
            else if (error != SocketError.Success)
            {
                throw new SocketException((int)error);
            }
            Consume(sent);
            Volatile.Write(ref _sent, _sent + sent);
        }
        // The socket remembers the memory of its last wait: nothing at all takes its place, or an idle link would keep a buffer.
        if (hasWaited)
            await _socket.SendAsync(ReadOnlyMemory<byte>.Empty, SocketFlags.None, CancellationToken.None).ConfigureAwait(false);
    }

    protected override void Break(Libp2pException reason)
    {
        Failure ??= reason;
        _socket.Dispose();
    }

    protected override bool IsLoss(Exception exception) => exception is SocketException or ObjectDisposedException;

    protected override Exception Explain(Exception exception) => Failure ?? SocketFailures.Describe(exception);

    protected override void EndSending()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The other side is gone already: there is nobody left to tell that no more will come.
        }
    }
}
