using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Libp2p;

/// <summary>Tells the <see cref="AddressScope"/> of an address, after the special-purpose registries of IANA (RFC 6890).</summary>
public static class AddressScopes
{
    static readonly (uint Network, int Bits, AddressScope Scope)[] Ip4Networks =
    [
        (0x00000000, 8, AddressScope.Unspecified),
        (0x0a000000, 8, AddressScope.Private),
        (0x64400000, 10, AddressScope.Private),
        (0x7f000000, 8, AddressScope.Loopback),
        (0xa9fe0000, 16, AddressScope.LinkLocal),
        (0xac100000, 12, AddressScope.Private),
        (0xc0000000, 24, AddressScope.Reserved),
        (0xc0000200, 24, AddressScope.Reserved),
        (0xc0586300, 24, AddressScope.Reserved),
        (0xc0a80000, 16, AddressScope.Private),
        (0xc6120000, 15, AddressScope.Reserved),
        (0xc6336400, 24, AddressScope.Reserved),
        (0xcb007100, 24, AddressScope.Reserved),
        (0xe0000000, 3, AddressScope.Reserved),
    ];

    /// <summary>The scope of the IP address, the memory listener or the socket that <paramref name="address"/> begins with.</summary>
    public static AddressScope Of(Multiaddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.TryGetIPAddress(out var ip))
            return Of(ip);
        var first = address.Parts[0];
        if (first.Protocol == MultiaddressProtocols.Memory)
            return AddressScope.Memory;
        if (first.Protocol == MultiaddressProtocols.Unix)
            return AddressScope.Loopback;
        var isName = first.Protocol == MultiaddressProtocols.Dns || first.Protocol == MultiaddressProtocols.Dns4 || first.Protocol == MultiaddressProtocols.Dns6;
        return isName && IsLocalhost(first.Value) ? AddressScope.Loopback : AddressScope.Unknown;
    }

    /// <summary>The scope of an IP address. An IPv4 address inside an IPv6 one (mapped, NAT64, 6to4) is judged as IPv4.</summary>
    public static AddressScope Of(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> bytes = stackalloc byte[16];
        return !address.TryWriteBytes(bytes, out var length) ? AddressScope.Unknown
            : address.AddressFamily == AddressFamily.InterNetwork ? Of4(bytes[..length])
            : Of6(bytes);
    }

    static AddressScope Of4(ReadOnlySpan<byte> bytes)
    {
        var address = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        foreach (var (network, bits, scope) in Ip4Networks)
        {
            if (address >> (32 - bits) == network >> (32 - bits))
                return scope;
        }

        return AddressScope.Public;
    }

    static AddressScope Of6(ReadOnlySpan<byte> bytes)
    {
        var high = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        var low = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        var nat64 = high == 0x0064_ff9b_0000_0000 && low >> 32 == 0;
        if ((high == 0 && low >> 32 == 0xffff) || nat64)
            return Of4(bytes[12..]);
        return (high, low) switch
        {
            (0, 0) => AddressScope.Unspecified,
            (0, 1) => AddressScope.Loopback,
            _ when high >> 54 == 0xfe80 >> 6 => AddressScope.LinkLocal,
            _ when high >> 54 == 0xfec0 >> 6 || high >> 57 == 0xfc >> 1 || high >> 16 == 0x0064_ff9b_0001 => AddressScope.Private,
            _ when high >> 32 == 0x2001_0db8 || high >> 44 == 0x3fff0 || high >> 61 != 1 => AddressScope.Reserved,
            _ when high >> 48 == 0x2002 => Of4(bytes[2..6]),
            _ => AddressScope.Public,
        };
    }

    static bool IsLocalhost(string name)
    {
        var trimmed = name.AsSpan().TrimEnd('.');
        return trimmed.Equals("localhost", StringComparison.OrdinalIgnoreCase) || trimmed.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
    }
}
