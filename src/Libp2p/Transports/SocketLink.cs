using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;

namespace Libp2p.Transports;

/// <summary>A connected stream socket as a link. Whoever derives from it knows its addresses.</summary>
internal abstract class SocketLink : Link
{
    private readonly Socket _socket;
    private readonly SocketReader _reader;
    private readonly SocketWriter _writer;

    protected SocketLink(Socket socket, MemoryPool<byte> pool)
    {
        _socket = socket;
        _reader = new SocketReader(socket, pool);
        _writer = new SocketWriter(socket, pool);
        Pool = pool;
    }

    public sealed override PipeReader Input => _reader;

    public sealed override PipeWriter Output => _writer;

    public sealed override MemoryPool<byte> Pool { get; }

    public sealed override long? BytesReceived => _reader.Received;

    public sealed override long? BytesSent => _writer.Sent;

    public sealed override void Abort(Exception? reason = null)
    {
        var failure = reason ?? new Libp2pException(Libp2pError.ConnectionClosed, "the connection is closed");
        _reader.Failure ??= failure;
        _writer.Failure ??= failure;
        _socket.Dispose();
    }

    public sealed override ValueTask DisposeAsync()
    {
        _writer.Complete();
        Abort();
        _reader.Complete();
        return ValueTask.CompletedTask;
    }
}
