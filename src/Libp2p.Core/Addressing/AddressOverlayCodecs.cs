using System.Buffers.Binary;
using System.Globalization;

namespace Libp2p;

/// <summary>The alphabets of the overlay networks.</summary>
internal static class OverlayAlphabets
{
    public static BitAlphabet Base32 { get; } = new("abcdefghijklmnopqrstuvwxyz234567", 5, 1, ignoreCase: true);

    public static BitAlphabet I2pBase64 { get; } = new("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-~", 6, 4, ignoreCase: false);
}

/// <summary>An onion service of Tor without ".onion", and its port: base32, a colon, 1 to 65535.</summary>
/// <param name="length">Bytes of the service's name: 10 in version 2, 35 in version 3.</param>
internal sealed class OnionCodec(int length) : AddressValueCodec
{
    public override byte[]? Parse(ReadOnlySpan<char> text, out string? problem)
    {
        problem = $"is not an onion service; {length * 8 / 5} characters of base32, a colon and a port are due";
        var colon = text.IndexOf(':');
        if (colon != length * 8 / 5
            || !OverlayAlphabets.Base32.TryDecode(text[..colon], out var name)
            || !ushort.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            return null;
        }

        var bytes = new byte[length + 2];
        name.CopyTo(bytes, 0);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(length), port);
        problem = Check(bytes);
        return problem is null ? bytes : null;
    }

    public override string? Check(ReadOnlySpan<byte> bytes) =>
        BinaryPrimitives.ReadUInt16BigEndian(bytes[length..]) == 0 ? "is not an onion service: its port is 0" : null;

    public override string Format(ReadOnlySpan<byte> bytes) =>
        string.Create(CultureInfo.InvariantCulture, $"{OverlayAlphabets.Base32.Encode(bytes[..length])}:{BinaryPrimitives.ReadUInt16BigEndian(bytes[length..])}");
}

/// <summary>A whole destination of I2P: 386 bytes or more, in the base64 of I2P.</summary>
internal sealed class Garlic64Codec : AddressValueCodec
{
    const int ShortestDestination = 386;

    public override byte[]? Parse(ReadOnlySpan<char> text, out string? problem)
    {
        problem = "is not the base64 of an I2P destination";
        if (!OverlayAlphabets.I2pBase64.TryDecode(text, out var bytes))
            return null;
        problem = Check(bytes);
        return problem is null ? bytes : null;
    }

    public override string? Check(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= ShortestDestination ? null : $"is not an I2P destination: it has {bytes.Length} bytes, at least {ShortestDestination} are due";

    public override string Format(ReadOnlySpan<byte> bytes) => OverlayAlphabets.I2pBase64.Encode(bytes);
}

/// <summary>The hash of a destination of I2P, 32 bytes, or one with an encrypted lease set, 35 and more, in base32.</summary>
internal sealed class Garlic32Codec : AddressValueCodec
{
    const int PlainLength = 32;
    const int ShortestEncrypted = 35;

    public override byte[]? Parse(ReadOnlySpan<char> text, out string? problem)
    {
        problem = "is not the base32 of an I2P address";
        if (!OverlayAlphabets.Base32.TryDecode(text, out var bytes))
            return null;
        problem = Check(bytes);
        return problem is null ? bytes : null;
    }

    public override string? Check(ReadOnlySpan<byte> bytes) => bytes.Length is PlainLength or >= ShortestEncrypted
        ? null
        : $"is not an I2P address: it has {bytes.Length} bytes, {PlainLength} or at least {ShortestEncrypted} are due";

    public override string Format(ReadOnlySpan<byte> bytes) => OverlayAlphabets.Base32.Encode(bytes);
}
