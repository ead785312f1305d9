using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;

namespace Libp2p.Transports.Tcp;

/// <summary>A TCP connection as a link.</summary>
internal sealed class TcpLink : Link
{
    private readonly Socket _socket;
    private readonly SocketReader _reader;
    private readonly SocketWriter _writer;
    private readonly IPEndPoint _local;
    private readonly IPEndPoint _remote;

    public TcpLink(Socket socket, MemoryPool<byte> pool)
    {
        _socket = socket;
        _socket.NoDelay = true;
        _local = (IPEndPoint)socket.LocalEndPoint!;
        _remote = (IPEndPoint)socket.RemoteEndPoint!;
        Pool = pool;
        _reader = new SocketReader(socket, pool);
        _writer = new SocketWriter(socket, pool);
    }

    public override PipeReader Input => _reader;

    public override PipeWriter Output => _writer;

    public override Multiaddress LocalAddress => Multiaddress.FromEndPoint(_local, MultiaddressProtocols.Tcp);

    public override Multiaddress RemoteAddress => Multiaddress.FromEndPoint(_remote, MultiaddressProtocols.Tcp);

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
