using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Libp2p;

/// <summary>Multiplies the base point of edwards25519 by a secret scalar in constant time, with multiples computed once in a process.</summary>
internal static class EdwardsGeneratorTable
{
    private const int Windows = 32;
    private const int Multiples = 8;
    private const int Digits = 64;

    // Entry 8i + j - 1 is j · 256^i times the base point.
    private static readonly EdwardsPoint.Affine[] Table = ComputeTable();

    /// <summary>Multiplies the base point. The scalar is 32 bytes, little end first, below 2^255.</summary>
    public static EdwardsPoint Multiply(ReadOnlySpan<byte> scalar)
    {
        Span<sbyte> digits = stackalloc sbyte[Digits];
        Span<EdwardsPoint> sum = stackalloc EdwardsPoint[1];
        try
        {
            Recode(scalar, digits);

            // Odd digits first: they weigh 16 · 256^i, so four doublings put them in their place.
            sum[0] = EdwardsPoint.Neutral;
            for (var i = 1; i < Digits; i += 2)
                sum[0] += Select(i / 2, digits[i]);
            sum[0] = sum[0].Double(4);
            for (var i = 0; i < Digits; i += 2)
                sum[0] += Select(i / 2, digits[i]);
            return sum[0];
        }
        finally
        {
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(digits));
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(sum));
        }
    }

    /// <summary>Writes the scalar to base 16 with digits from -8 to 8, so that the table needs eight multiples only.</summary>
    private static void Recode(ReadOnlySpan<byte> scalar, Span<sbyte> digits)
    {
        var carry = 0;
        for (var i = 0; i < Digits; i++)
        {
            var digit = ((scalar[i / 2] >> (4 * (i & 1))) & 15) + carry;
            carry = (digit + 8) >> 4;

            // The last digit is below 8 and takes the carry as it is.
            if (i == Digits - 1)
                carry = 0;
            digits[i] = (sbyte)(digit - (carry << 4));
        }
    }

    /// <summary>Reads every multiple of the window, so that the memory touched does not tell which one was wanted.</summary>
    private static EdwardsPoint.Affine Select(int window, sbyte digit)
    {
        var sign = (long)digit >> 63;
        var magnitude = (ulong)((digit ^ sign) - sign);
        var multiples = Table.AsSpan(window * Multiples, Multiples);
        var chosen = EdwardsPoint.Affine.Neutral;
        for (var i = 0; i < multiples.Length; i++)
        {
            var isWanted = 0UL - (((magnitude ^ (ulong)(i + 1)) - 1) >> 63);
            chosen = EdwardsPoint.Affine.Select(isWanted, chosen, multiples[i]);
        }
        return chosen.NegateIf((ulong)sign);
    }

    private static EdwardsPoint.Affine[] ComputeTable()
    {
        var points = new EdwardsPoint[Windows * Multiples];
        var start = EdwardsPoint.Generator;
        for (var i = 0; i < Windows; i++)
        {
            var step = start.Prepare();
            var point = start;
            for (var j = 0; j < Multiples; j++)
            {
                points[(i * Multiples) + j] = point;
                point += step;
            }
            start = start.Double(8);
        }
        return PrepareAll(points);
    }

    /// <summary>One inversion serves all: the inverse of the product, times the other factors, is the inverse of each.</summary>
    private static EdwardsPoint.Affine[] PrepareAll(EdwardsPoint[] points)
    {
        var before = new FieldElement[points.Length];
        var product = FieldElement.From(1);
        for (var i = 0; i < points.Length; i++)
        {
            before[i] = product;
            product *= points[i].Z;
        }
        var inverse = product.Invert();
        var prepared = new EdwardsPoint.Affine[points.Length];
        for (var i = points.Length - 1; i >= 0; i--)
        {
            prepared[i] = points[i].PrepareAffine(inverse * before[i]);
            inverse *= points[i].Z;
        }
        return prepared;
    }
}
