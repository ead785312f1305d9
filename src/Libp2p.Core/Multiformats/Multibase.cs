using System.Diagnostics.CodeAnalysis;

namespace Libp2p;

/// <summary>
/// Text that names its own base encoding by its first character (multiformats/multibase).
/// Decoding is strict where RFC 4648 lets it be: bits left over are zero and padding is exactly as the encoding has it.
/// </summary>
public static class Multibase
{
    /// <summary>
    /// The most digits behind the prefix that are decoded in the positional encodings (base10, base36, base58), whose work grows
    /// with the square of the length. The others take time and memory in proportion to the text and are bounded by their callers.
    /// </summary>
    public const int MaxPositionalText = PositionalAlphabet.MaxText;

    /// <summary>The most bytes that a positional encoding (base10, base36, base58) holds.</summary>
    public const int MaxPositionalBytes = PositionalAlphabet.MaxBytes;

    const string Digits = "0123456789";
    const string Lower = "abcdefghijklmnopqrstuvwxyz";
    const string Upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    const string Base32Digits = "234567";
    const string Base64Letters = Upper + Lower + Digits;

    static readonly BitAlphabet Base2 = new("01", 1, 1, false);
    static readonly BitAlphabet Base8 = new("01234567", 3, 1, false);
    static readonly BitAlphabet Base16 = new(Digits + "abcdef", 4, 1, true);
    static readonly BitAlphabet Base16Upper = new(Digits + "ABCDEF", 4, 1, true);
    static readonly BitAlphabet Base32Hex = new("0123456789abcdefghijklmnopqrstuv", 5, 1, true);
    static readonly BitAlphabet Base32HexUpper = new("0123456789ABCDEFGHIJKLMNOPQRSTUV", 5, 1, true);
    static readonly BitAlphabet Base32HexPad = new("0123456789abcdefghijklmnopqrstuv", 5, 8, true);
    static readonly BitAlphabet Base32HexPadUpper = new("0123456789ABCDEFGHIJKLMNOPQRSTUV", 5, 8, true);
    static readonly BitAlphabet Base32 = new(Lower + Base32Digits, 5, 1, true);
    static readonly BitAlphabet Base32Upper = new(Upper + Base32Digits, 5, 1, true);
    static readonly BitAlphabet Base32Pad = new(Lower + Base32Digits, 5, 8, true);
    static readonly BitAlphabet Base32PadUpper = new(Upper + Base32Digits, 5, 8, true);
    static readonly BitAlphabet Base32Z = new("ybndrfg8ejkmcpqxot1uwisza345h769", 5, 1, false);
    static readonly BitAlphabet Base64 = new(Base64Letters + "+/", 6, 1, false);
    static readonly BitAlphabet Base64Pad = new(Base64Letters + "+/", 6, 4, false);
    static readonly BitAlphabet Base64Url = new(Base64Letters + "-_", 6, 1, false);
    static readonly BitAlphabet Base64UrlPad = new(Base64Letters + "-_", 6, 4, false);
    static readonly PositionalAlphabet Base10 = new(Digits, false);
    static readonly PositionalAlphabet Base36 = new(Digits + Lower, true);
    static readonly PositionalAlphabet Base36Upper = new(Digits + Upper, true);
    static readonly PositionalAlphabet Base58Flickr = new("123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ", false);

    /// <summary>The encodings that are known here. The value of each is its prefix character.</summary>
    public enum Encoding
    {
        /// <summary>No encoding: the value of the type when nothing was set.</summary>
        None = 0,

        /// <summary>Binary digits.</summary>
        Base2 = '0',

        /// <summary>Octal digits, three bits each from the most significant.</summary>
        Base8 = '7',

        /// <summary>One decimal number.</summary>
        Base10 = '9',

        /// <summary>Hexadecimal, lower case.</summary>
        Base16 = 'f',

        /// <summary>Hexadecimal, upper case.</summary>
        Base16Upper = 'F',

        /// <summary>RFC 4648 base32hex, lower case, no padding.</summary>
        Base32Hex = 'v',

        /// <summary>RFC 4648 base32hex, upper case, no padding.</summary>
        Base32HexUpper = 'V',

        /// <summary>RFC 4648 base32hex, lower case, padded.</summary>
        Base32HexPad = 't',

        /// <summary>RFC 4648 base32hex, upper case, padded.</summary>
        Base32HexPadUpper = 'T',

        /// <summary>RFC 4648 base32, lower case, no padding: what CIDs of version 1 are written in.</summary>
        Base32 = 'b',

        /// <summary>RFC 4648 base32, upper case, no padding.</summary>
        Base32Upper = 'B',

        /// <summary>RFC 4648 base32, lower case, padded.</summary>
        Base32Pad = 'c',

        /// <summary>RFC 4648 base32, upper case, padded.</summary>
        Base32PadUpper = 'C',

        /// <summary>z-base-32, lower case only.</summary>
        Base32Z = 'h',

        /// <summary>One number of digits and letters, lower case.</summary>
        Base36 = 'k',

        /// <summary>One number of digits and letters, upper case.</summary>
        Base36Upper = 'K',

        /// <summary>Base58 with the alphabet of Bitcoin.</summary>
        Base58Btc = 'z',

        /// <summary>Base58 with the alphabet of Flickr.</summary>
        Base58Flickr = 'Z',

        /// <summary>RFC 4648 base64, no padding.</summary>
        Base64 = 'm',

        /// <summary>RFC 4648 base64, padded.</summary>
        Base64Pad = 'M',

        /// <summary>RFC 4648 base64url, no padding.</summary>
        Base64Url = 'u',

        /// <summary>RFC 4648 base64url, padded.</summary>
        Base64UrlPad = 'U',
    }

    /// <summary>Writes bytes as text that begins with the prefix of <paramref name="encoding"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The encoding is not one of <see cref="Encoding"/>.</exception>
    /// <exception cref="ArgumentException">There are more than <see cref="MaxPositionalBytes"/> bytes for a positional encoding.</exception>
    public static string Encode(Encoding encoding, ReadOnlySpan<byte> bytes)
    {
        if (Bits(encoding) is { } bits)
            return bits.Encode(bytes, (char)encoding);
        if (Positional(encoding) is { } positional)
            return (char)encoding + positional.Encode(bytes);
        throw new ArgumentOutOfRangeException(nameof(encoding), encoding, "The multibase encoding is not known.");
    }

    /// <summary>Reads text that begins with a multibase prefix.</summary>
    /// <param name="text">A prefix and the characters of its encoding; either case where the encoding knows no case.</param>
    /// <param name="bytes">What was encoded.</param>
    /// <param name="encoding">The encoding that the prefix names, also where the rest could not be read.</param>
    /// <returns>False where the prefix is not known, a character is not of the encoding, or the text is beyond the bounds. Never throws.</returns>
    public static bool TryDecode(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? bytes, out Encoding encoding)
    {
        bytes = null;
        encoding = Encoding.None;
        if (text.IsEmpty)
            return false;
        var named = (Encoding)text[0];
        if (Bits(named) is { } bits)
        {
            encoding = named;
            return bits.TryDecode(text[1..], out bytes);
        }

        if (Positional(named) is { } positional)
        {
            encoding = named;
            return positional.TryDecode(text[1..], out bytes);
        }

        return false;
    }

    static BitAlphabet? Bits(Encoding encoding) => encoding switch
    {
        Encoding.Base2 => Base2,
        Encoding.Base8 => Base8,
        Encoding.Base16 => Base16,
        Encoding.Base16Upper => Base16Upper,
        Encoding.Base32Hex => Base32Hex,
        Encoding.Base32HexUpper => Base32HexUpper,
        Encoding.Base32HexPad => Base32HexPad,
        Encoding.Base32HexPadUpper => Base32HexPadUpper,
        Encoding.Base32 => Base32,
        Encoding.Base32Upper => Base32Upper,
        Encoding.Base32Pad => Base32Pad,
        Encoding.Base32PadUpper => Base32PadUpper,
        Encoding.Base32Z => Base32Z,
        Encoding.Base64 => Base64,
        Encoding.Base64Pad => Base64Pad,
        Encoding.Base64Url => Base64Url,
        Encoding.Base64UrlPad => Base64UrlPad,
        _ => null,
    };

    static PositionalAlphabet? Positional(Encoding encoding) => encoding switch
    {
        Encoding.Base10 => Base10,
        Encoding.Base36 => Base36,
        Encoding.Base36Upper => Base36Upper,
        Encoding.Base58Btc => Base58.Alphabet,
        Encoding.Base58Flickr => Base58Flickr,
        _ => null,
    };
}
