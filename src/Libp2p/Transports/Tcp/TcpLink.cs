using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace Libp2p.Transports.Tcp;

/// <summary>A TCP connection as a link.</summary>
internal sealed class TcpLink : SocketLink
{
    private readonly IPEndPoint _local;
    private readonly IPEndPoint _remote;

    public TcpLink(Socket socket, MemoryPool<byte> pool)
        : base(socket, pool)
    {
        socket.NoDelay = true;
        _local = (IPEndPoint)socket.LocalEndPoint!;
        _remote = (IPEndPoint)socket.RemoteEndPoint!;
    }

    public override Multiaddress LocalAddress => Multiaddress.FromEndPoint(_local, MultiaddressProtocols.Tcp);

    public override Multiaddress RemoteAddress => Multiaddress.FromEndPoint(_remote, MultiaddressProtocols.Tcp);
}
