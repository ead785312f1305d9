using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Libp2p.Gating;

/// <summary>The addresses of IPv4 or IPv6 that begin with the same bits. An IPv4 address mapped into IPv6 is the IPv4 address.</summary>
/// <param name="Bits">The bits, those of IPv4 in the lower 32; zero behind the length.</param>
/// <param name="Length">How many of them count.</param>
/// <param name="IsV6">Of which family.</param>
internal readonly record struct Subnet(UInt128 Bits, int Length, bool IsV6)
{
    private static int Width(bool isV6) => isV6 ? 128 : 32;

    /// <summary>The subnet of one address alone.</summary>
    public static Subnet Of(IPAddress address)
    {
        var ip = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        Span<byte> bytes = stackalloc byte[16];
        ip.TryWriteBytes(bytes, out _);
        return ip.AddressFamily == AddressFamily.InterNetwork
            ? new(BinaryPrimitives.ReadUInt32BigEndian(bytes), 32, false)
            : new(BinaryPrimitives.ReadUInt128BigEndian(bytes), 128, true);
    }

    /// <summary>Reads an address, or one with its length in bits behind a slash.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Subnet subnet, [NotNullWhen(false)] out string? error)
    {
        subnet = default;
        var slash = text.IndexOf('/');
        var host = slash < 0 ? text : text[..slash];
        // The framework reads "1" and "0x7f.1" as addresses too; nobody means that here.
        if (host.ContainsAny('%', '[') || !host.ContainsAny('.', ':') || !IPAddress.TryParse(host, out var address)
            || (address.AddressFamily == AddressFamily.InterNetwork && address.ToString() is var dotted && !host.SequenceEqual(dotted)))
        {
            error = $"{host} is no IP address";
            return false;
        }
        subnet = Of(address);
        error = null;
        return slash < 0 || TryCut(subnet, text[(slash + 1)..], address.IsIPv4MappedToIPv6, out subnet, out error);
    }

    /// <summary>The wider subnet that this one is in.</summary>
    /// <param name="length">Its length, at most this one's.</param>
    public Subnet Widen(int length)
    {
        var behind = Width(IsV6) - length;
        return new(behind >= 128 ? UInt128.Zero : Bits >> behind << behind, length, IsV6);
    }

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Bits);
        return string.Create(CultureInfo.InvariantCulture, $"{new IPAddress(IsV6 ? bytes : bytes[12..])}/{Length}");
    }

    private static bool TryCut(Subnet whole, ReadOnlySpan<char> digits, bool wasMapped, out Subnet subnet, [NotNullWhen(false)] out string? error)
    {
        subnet = default;
        var width = Width(whole.IsV6);
        if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var length) || length > width || wasMapped)
        {
            error = $"/{digits} is no length of a subnet of IPv{(whole.IsV6 ? 6 : 4)}: write 0 to {width}";
            return false;
        }
        subnet = whole.Widen(length);
        error = subnet.Bits == whole.Bits ? null : $"{whole.ToString().Split('/')[0]}/{length} has bits beyond its length: write {subnet}";
        return error is null;
    }
}
