using System.Buffers;
using System.Net.Sockets;

namespace Libp2p.Transports.Unix;

/// <summary>A connection of a Unix socket as a link. Both ends have the path as their address: the one that dials has none of its own.</summary>
internal sealed class UnixLink(Socket socket, Multiaddress address, MemoryPool<byte> pool) : SocketLink(socket, pool)
{
    public override Multiaddress LocalAddress => address;

    public override Multiaddress RemoteAddress => address;
}
