using System.Buffers.Binary;

namespace Libp2p;

/// <summary>Computes a·A + b·B for public scalars and the base point B, in variable time: for verification only.</summary>
internal static class EdwardsCombination
{
    private const int Bits = 256;
    private const int WidthOfPoint = 5;
    private const int WidthOfGenerator = 8;

    /// <summary>Both scalars are 32 bytes, little end first, and below 2^253.</summary>
    public static EdwardsPoint Compute(ReadOnlySpan<byte> pointScalar, in EdwardsPoint point, ReadOnlySpan<byte> generatorScalar)
    {
        Span<sbyte> pointDigits = stackalloc sbyte[Bits];
        Span<sbyte> generatorDigits = stackalloc sbyte[Bits];
        Recode(pointScalar, WidthOfPoint, pointDigits);
        Recode(generatorScalar, WidthOfGenerator, generatorDigits);

        Span<EdwardsPoint.Prepared> multiples = stackalloc EdwardsPoint.Prepared[1 << (WidthOfPoint - 2)];
        multiples[0] = point.Prepare();
        var step = point.Double().Prepare();
        var last = point;
        for (var i = 1; i < multiples.Length; i++)
        {
            last += step;
            multiples[i] = last.Prepare();
        }

        var generatorMultiples = EdwardsGeneratorTable.OddMultiples;
        var sum = EdwardsPoint.Neutral;
        for (var i = Bits - 1; i >= 0; i--)
        {
            sum = sum.Double();
            int digit = pointDigits[i];
            if (digit > 0)
                sum += multiples[digit / 2];
            else if (digit < 0)
                sum -= multiples[-digit / 2];
            digit = generatorDigits[i];
            if (digit > 0)
                sum += generatorMultiples[digit / 2];
            else if (digit < 0)
                sum -= generatorMultiples[-digit / 2];
        }
        return sum;
    }

    /// <summary>Non-adjacent form: odd digits of at most <paramref name="width"/> bits with their sign, any two nonzero ones at least that far apart.</summary>
    private static void Recode(ReadOnlySpan<byte> scalar, int width, Span<sbyte> digits)
    {
        Span<byte> padded = stackalloc byte[40];
        padded.Clear();
        scalar.CopyTo(padded);
        digits.Clear();
        var carry = 0;
        var position = 0;
        while (position < Bits)
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
