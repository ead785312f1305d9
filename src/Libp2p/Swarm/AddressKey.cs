using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Libp2p.Swarm;

/// <summary>
/// What counts as one address for limits: an IPv4 address, or the /56 of an IPv6 one, which is what one customer gets.
/// Loopback, and links that have no IP address, count as none.
/// </summary>
internal readonly record struct AddressKey(ulong Prefix, bool IsV6)
{
    public static AddressKey? Of(Multiaddress address)
    {
        if (!address.TryGetEndPoint(out var endPoint))
            return null;
        var ip = endPoint.Address.IsIPv4MappedToIPv6 ? endPoint.Address.MapToIPv4() : endPoint.Address;
        if (IPAddress.IsLoopback(ip))
            return null;
        Span<byte> bytes = stackalloc byte[16];
        ip.TryWriteBytes(bytes, out _);
        return ip.AddressFamily == AddressFamily.InterNetwork
            ? new AddressKey(BinaryPrimitives.ReadUInt32BigEndian(bytes), false)
            : new AddressKey(BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 8, true);
    }
}
