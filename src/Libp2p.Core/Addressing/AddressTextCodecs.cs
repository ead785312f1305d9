using System.Buffers;
using System.Globalization;
using System.Text;

namespace Libp2p;

/// <summary>
/// A name in UTF-8: a domain name, a server name, a zone. No slash, which would end it in the text form, and no control
/// characters, which would reach terminals and logs.
/// </summary>
/// <param name="what">What it is called in a problem, with its article.</param>
internal sealed class NameCodec(string what) : AddressValueCodec
{
    public override byte[]? Parse(ReadOnlySpan<char> text, out string? problem) => AddressText.Parse(this, text, out problem);

    public override string? Check(ReadOnlySpan<byte> bytes) =>
        bytes.IsEmpty ? $"is empty where {what} is due"
        : bytes.Contains((byte)'/') ? $"is not {what}: it holds a slash"
        : AddressText.Problem(bytes, what);

    public override string Format(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
}

/// <summary>The path of a Unix socket: begins with a slash, does not end with one, and takes the rest of the address.</summary>
internal sealed class UnixPathCodec : AddressValueCodec
{
    public override byte[]? Parse(ReadOnlySpan<char> text, out string? problem) => AddressText.Parse(this, text, out problem);

    public override string? Check(ReadOnlySpan<byte> bytes) =>
        bytes is not [(byte)'/', _, ..] ? "is not a path: a slash and a name are due"
        : bytes[^1] == '/' ? "is not the path of a socket: it ends with a slash"
        : AddressText.Problem(bytes, "a path");

    public override string Format(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
}

/// <summary>
/// A path of HTTP: any bytes, in the text form percent-encoded down to the unreserved characters of RFC 3986,
/// so that it holds no slash.
/// </summary>
internal sealed class HttpPathCodec : AddressValueCodec
{
    static readonly SearchValues<byte> Unreserved =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"u8);

    public override byte[]? Parse(ReadOnlySpan<char> text, out string? problem)
    {
        if (AddressText.Utf8(text, out problem) is not { } utf8)
            return null;
        var length = 0;
        for (var i = 0; i < utf8.Length; i++)
        {
            if (utf8[i] != '%')
            {
                utf8[length++] = utf8[i];
                continue;
            }

            if (i + 2 >= utf8.Length || !byte.TryParse(utf8.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var escaped))
            {
                problem = "is not a percent-encoded path: two hexadecimal digits are due behind each %";
                return null;
            }

            utf8[length++] = escaped;
            i += 2;
        }

        return utf8[..length];
    }

    public override string? Check(ReadOnlySpan<byte> bytes) => null;

    public override string Format(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length * 3);
        foreach (var b in bytes)
        {
            if (Unreserved.Contains(b))
                text.Append((char)b);
            else
                text.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
        }

        return text.ToString();
    }
}

/// <summary>What the codecs of text share.</summary>
internal static class AddressText
{
    static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static byte[]? Parse(AddressValueCodec codec, ReadOnlySpan<char> text, out string? problem)
    {
        if (Utf8(text, out problem) is not { } utf8)
            return null;
        problem = codec.Check(utf8);
        return problem is null ? utf8 : null;
    }

    public static byte[]? Utf8(ReadOnlySpan<char> text, out string? problem)
    {
        problem = null;
        try
        {
            var utf8 = new byte[Strict.GetByteCount(text)];
            Strict.GetBytes(text, utf8);
            return utf8;
        }
        catch (EncoderFallbackException)
        {
            problem = "holds half of a surrogate pair, which UTF-8 cannot carry";
            return null;
        }
    }

    public static string? Problem(ReadOnlySpan<byte> bytes, string what)
    {
        if (!System.Text.Unicode.Utf8.IsValid(bytes))
            return $"is not {what}: it is not UTF-8";
        foreach (var rune in Encoding.UTF8.GetString(bytes).EnumerateRunes())
        {
            if (Rune.IsControl(rune))
                return $"is not {what}: it holds a control character";
        }

        return null;
    }

    /// <summary>Foreign text as it may stand in an error: short, on one line, between quotes.</summary>
    public static string Quote(ReadOnlySpan<char> text)
    {
        const int Most = 120;
        var shown = new StringBuilder("'");
        foreach (var c in text.Length > Most ? text[..Most] : text)
            shown.Append(char.IsControl(c) || char.IsSurrogate(c) ? '?' : c);
        return shown.Append(text.Length > Most ? "...'" : "'").ToString();
    }
}
