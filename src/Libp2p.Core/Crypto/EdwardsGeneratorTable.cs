using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Libp2p;

/// <summary>Multiplies the base point of edwards25519 by a secret scalar in constant time, with multiples computed once in a process.</summary>
internal static class EdwardsGeneratorTable<TPoint, TMultiple>
    where TPoint : unmanaged, IEdwardsArithmetic<TPoint, TMultiple>
    where TMultiple : unmanaged
{
    private const int Windows = 32;
    private const int Multiples = 8;
    private const int Digits = 64;

    // Entry 8i + j - 1 is j · 256^i times the base point.
    private static readonly TMultiple[] Table = ComputeTable();

    /// <summary>Multiplies the base point and encodes the product. The scalar is 32 bytes, little end first, below 2^255.</summary>
    public static void Multiply(ReadOnlySpan<byte> scalar, Span<byte> encoded) => Multiply(scalar, isMontgomery: false, encoded);

    /// <summary>
    /// Multiplies the base point of curve25519, u = 9, and encodes the product. The table serves here too: the map of one curve to
    /// the other carries base point to base point.
    /// </summary>
    public static void MultiplyMontgomery(ReadOnlySpan<byte> scalar, Span<byte> encoded) => Multiply(scalar, isMontgomery: true, encoded);

    [SkipLocalsInit]
    private static void Multiply(ReadOnlySpan<byte> scalar, bool isMontgomery, Span<byte> encoded)
    {
        Span<sbyte> digits = stackalloc sbyte[Digits];
        Span<TPoint> sum = stackalloc TPoint[1];
        Span<TMultiple> chosen = stackalloc TMultiple[1];
        try
        {
            Recode(scalar, digits);

            // Odd digits first: they weigh 16 · 256^i, so four doublings put them in their place.
            TPoint.From(EdwardsPoint.Neutral, out sum[0]);
            for (var i = 1; i < Digits; i += 2)
                Add(ref sum[0], i / 2, digits[i], out chosen[0]);
            for (var i = 0; i < 4; i++)
                TPoint.Double(ref sum[0]);
            for (var i = 0; i < Digits; i += 2)
                Add(ref sum[0], i / 2, digits[i], out chosen[0]);
            if (isMontgomery)
                sum[0].EncodeMontgomery(encoded);
            else
                sum[0].Encode(encoded);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(digits));
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(sum));
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(chosen));
            WipeStack();
        }
    }

    /// <summary>Wipes what the additions left below this frame: coordinates from which the scalar could be learned.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void WipeStack()
    {
        Span<byte> stack = stackalloc byte[4096];
        CryptographicOperations.ZeroMemory(stack);
    }

    private static void Add(ref TPoint sum, int window, int digit, out TMultiple chosen)
    {
        TPoint.Select(Table.AsSpan(window * Multiples, Multiples), digit, out chosen);
        TPoint.Add(ref sum, chosen);
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

    private static TMultiple[] ComputeTable()
    {
        var table = new TMultiple[Windows * Multiples];
        TPoint.From(EdwardsPoint.Generator, out var start);
        for (var i = 0; i < table.Length; i += Multiples)
        {
            TPoint.Prepare(start, out var step);
            table[i] = step;
            var point = start;
            for (var j = 1; j < Multiples; j++)
            {
                TPoint.Add(ref point, step);
                TPoint.Prepare(point, out table[i + j]);
            }
            for (var j = 0; j < 8; j++)
                TPoint.Double(ref start);
        }
        return table;
    }
}
