using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Libp2p;

/// <summary>
/// Whom an address counts as, where many identities must not count as many: an IPv4 address, or the /56 of an IPv6 one,
/// which is what one customer gets. An IPv4 address inside of an IPv6 one counts as itself.
/// </summary>
internal readonly record struct AddressKey(ulong Prefix, bool IsV6)
{
    private const int Ip6PrefixLength = 56;

    /// <summary>The first IP address that counts as this.</summary>
    public IPAddress First
    {
        get
        {
            Span<byte> bytes = stackalloc byte[16];
            if (IsV6)
                BinaryPrimitives.WriteUInt64BigEndian(bytes, Prefix << (64 - Ip6PrefixLength));
            else
                BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)Prefix);
            return new IPAddress(IsV6 ? bytes : bytes[..4]);
        }
    }

    /// <summary>
    /// Whom the far end of a connection counts as; null for loopback, and where the address does not begin with an IP address
    /// and a port. A relayed address counts as its relay.
    /// </summary>
    public static AddressKey? Of(Multiaddress address) => address.TryGetEndPoint(out var endPoint) ? Of(endPoint.Address) : null;

    /// <summary>Whom an IP address counts as; null for loopback.</summary>
    public static AddressKey? Of(IPAddress address)
    {
        var ip = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (IPAddress.IsLoopback(ip))
            return null;
        Span<byte> bytes = stackalloc byte[16];
        ip.TryWriteBytes(bytes, out _);
        return ip.AddressFamily == AddressFamily.InterNetwork
            ? new AddressKey(BinaryPrimitives.ReadUInt32BigEndian(bytes), false)
            : new AddressKey(BinaryPrimitives.ReadUInt64BigEndian(bytes) >> (64 - Ip6PrefixLength), true);
    }
}
