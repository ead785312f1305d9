using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Libp2p;

/// <summary>An IPv4 address: four bytes, four decimal numbers without leading zeros.</summary>
internal sealed class Ip4Codec : AddressValueCodec
{
    public override byte[]? Parse(ReadOnlySpan<char> text, out string? problem)
    {
        // The parser of the framework takes octal, hexadecimal and fewer than four numbers too, which other implementations refuse.
        problem = "is not an IPv4 address";
        var bytes = new byte[4];
        var rest = text;
        for (var i = 0; i < 4; i++)
        {
            var dot = i < 3 ? rest.IndexOf('.') : rest.Length;
            if (dot is < 1 or > 3)
                return null;
            var number = rest[..dot];
            if ((dot > 1 && number[0] == '0') || !byte.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out bytes[i]))
                return null;
            rest = i < 3 ? rest[(dot + 1)..] : rest;
        }

        problem = null;
        return bytes;
    }

    public override string? Check(ReadOnlySpan<byte> bytes) => null;

    public override string Format(ReadOnlySpan<byte> bytes) => new IPAddress(bytes).ToString();
}

/// <summary>An IPv6 address without a zone: sixteen bytes, text as in RFC 5952.</summary>
internal sealed class Ip6Codec : AddressValueCodec
{
    static readonly SearchValues<char> Characters = SearchValues.Create("0123456789abcdefABCDEF:.");

    public override byte[]? Parse(ReadOnlySpan<char> text, out string? problem)
    {
        problem = text.Contains('%') ? "is not an IPv6 address; write its zone before it, as /ip6zone/<zone>/ip6/<address>" : "is not an IPv6 address";

        // The parser of the framework takes brackets, ports and zones too.
        if (!text.Contains(':') || text.ContainsAnyExcept(Characters)
            || !IPAddress.TryParse(text, out var address) || address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return null;
        }

        problem = null;
        return address.GetAddressBytes();
    }

    public override string? Check(ReadOnlySpan<byte> bytes) => null;

    public override string Format(ReadOnlySpan<byte> bytes) => new IPAddress(bytes).ToString();
}

/// <summary>An unsigned number of a fixed size, big-endian, in decimal.</summary>
/// <param name="size">Bytes: 1, 2 or 8.</param>
/// <param name="problem">What a text that is none is told.</param>
internal sealed class NumberCodec(int size, string problem) : AddressValueCodec
{
    readonly string _problem = problem;

    public override byte[]? Parse(ReadOnlySpan<char> text, out string? problem)
    {
        problem = _problem;
        if (!ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            || (size < sizeof(ulong) && value >> (8 * size) != 0))
        {
            return null;
        }

        problem = null;
        Span<byte> whole = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(whole, value);
        return whole[^size..].ToArray();
    }

    public override string? Check(ReadOnlySpan<byte> bytes) => null;

    public override string Format(ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        foreach (var b in bytes)
            value = (value << 8) | b;
        return value.ToString(CultureInfo.InvariantCulture);
    }
}
