using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;

namespace Libp2p.Transports.Unix;

/// <summary>A connection of a Unix socket as a link. Both ends have the path as their address: the one that dials has none of its own.</summary>
internal sealed class UnixLink : Link
{
    private readonly Socket _socket;
    private readonly SocketReader _reader;
    private readonly SocketWriter _writer;
    private readonly Multiaddress _address;

    public UnixLink(Socket socket, Multiaddress address, MemoryPool<byte> pool)
    {
        _socket = socket;
        _address = address;
        Pool = pool;
        _reader = new SocketReader(socket, pool);
        _writer = new SocketWriter(socket, pool);
    }

    public override PipeReader Input => _reader;

    public override PipeWriter Output => _writer;

    public override Multiaddress LocalAddress => _address;

    public override Multiaddress RemoteAddress => _address;

    public override MemoryPool<byte> Pool { get; }

    public override long? BytesReceived => _reader.Received;

    public override long? BytesSent => _writer.Sent;

    public override void Abort(Exception? reason = null)
    {
        var failure = reason ?? new Libp2pException(Libp2pError.ConnectionClosed, "the connection is closed");
        _reader.Failure ??= failure;
        _writer.Failure ??= failure;
        _socket.Dispose();
    }

    public override ValueTask DisposeAsync()
    {
        _writer.Complete();
        Abort();
        _reader.Complete();
        return ValueTask.CompletedTask;
    }
}
