using System.Buffers.Binary;

namespace Libp2p;

/// <summary>Writes public scalars so that few of their digits are not zero.</summary>
internal static class EdwardsDigits
{
    /// <summary>Digits of a scalar.</summary>
    public const int Count = 256;

    /// <summary>Non-adjacent form: odd digits of at most <paramref name="width"/> bits with their sign, any two nonzero ones at least that far apart.</summary>
    /// <param name="scalar">32 bytes, little end first, below 2^253.</param>
    /// <param name="width">2 to 8.</param>
    /// <param name="digits">Receives <see cref="Count"/> digits, the lowest first.</param>
    public static void Recode(ReadOnlySpan<byte> scalar, int width, Span<sbyte> digits)
    {
        Span<byte> padded = stackalloc byte[40];
        padded.Clear();
        scalar.CopyTo(padded);
        digits.Clear();
        var carry = 0;
        var position = 0;
        while (position < Count)
        {
            var word = BinaryPrimitives.ReadUInt32LittleEndian(padded[(position / 8)..]);
            var window = carry + (int)((word >> (position % 8)) & ((1u << width) - 1));
            if ((window & 1) == 0)
            {
                position++;
                continue;
            }
            carry = window >> (width - 1);
            digits[position] = (sbyte)(window - (carry << width));
            position += width;
        }
    }
}
