using System.Diagnostics.CodeAnalysis;

namespace Libp2p;

/// <summary>
/// Base58 with the alphabet of Bitcoin and without a multibase prefix, as peer ids and CIDs of version 0 are written.
/// The work grows with the square of the length, so it is bounded.
/// </summary>
public static class Base58
{
    /// <summary>The most characters that are decoded.</summary>
    public const int MaxText = PositionalAlphabet.MaxText;

    /// <summary>The most bytes that are encoded, and that decoding may yield.</summary>
    public const int MaxBytes = PositionalAlphabet.MaxBytes;

    internal static PositionalAlphabet Alphabet { get; } = new("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", ignoreCase: false);

    /// <summary>Writes bytes as base58.</summary>
    /// <exception cref="ArgumentException">There are more than <see cref="MaxBytes"/> bytes.</exception>
    public static string Encode(ReadOnlySpan<byte> bytes) => Alphabet.Encode(bytes);

    /// <summary>Reads base58 text. False for a character outside of the alphabet and for what is beyond the bounds; never throws.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? bytes) => Alphabet.TryDecode(text, out bytes);
}
