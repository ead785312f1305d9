using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Libp2p;

internal readonly partial struct FieldElement
{
    // A column is a sum of products, of which the limb takes the lower 51 bits and the next limb the rest. The rest is summed apart:
    // it is the high half of a product of factors that are 13 bits larger together. What the low halves then hold beyond it is
    // below 2^54, so that their sum modulo 2^64, less the rest, is exact: no addition has to carry into another word.
    private const int LeftShift = 8;
    private const int RightShift = 5;

    /// <summary>Multiplies. Limbs of both sides may reach 2^54; the product is tight.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static FieldElement operator *(in FieldElement a, in FieldElement b)
    {
        // Limbs whose places sum to 255 bits or more wrap round with a factor of 19, as 2^255 is 19.
        ulong a0 = a._0, a1 = a._1, a2 = a._2, a3 = a._3, a4 = a._4;
        ulong b0 = b._0, b1 = b._1, b2 = b._2, b3 = b._3, b4 = b._4;
        ulong b1x19 = b1 * 19, b2x19 = b2 * 19, b3x19 = b3 * 19, b4x19 = b4 * 19;
        ulong a0s8 = a0 << LeftShift, a1s8 = a1 << LeftShift, a2s8 = a2 << LeftShift, a3s8 = a3 << LeftShift;
        ulong a4s8 = a4 << LeftShift;
        ulong b0s5 = b0 << RightShift, b1s5 = b1 << RightShift, b2s5 = b2 << RightShift, b3s5 = b3 << RightShift;
        ulong b4s5 = b4 << RightShift, b1x19s5 = b1x19 << RightShift, b2x19s5 = b2x19 << RightShift, b3x19s5 = b3x19 << RightShift;
        ulong b4x19s5 = b4x19 << RightShift;
        var low0 = (a0 * b0) + (a1 * b4x19) + (a2 * b3x19) + (a3 * b2x19) + (a4 * b1x19);
        var high0 = HighHalf(a0s8, b0s5) + HighHalf(a1s8, b4x19s5) + HighHalf(a2s8, b3x19s5) + HighHalf(a3s8, b2x19s5) + HighHalf(a4s8, b1x19s5);
        var low1 = (a0 * b1) + (a1 * b0) + (a2 * b4x19) + (a3 * b3x19) + (a4 * b2x19);
        var high1 = HighHalf(a0s8, b1s5) + HighHalf(a1s8, b0s5) + HighHalf(a2s8, b4x19s5) + HighHalf(a3s8, b3x19s5) + HighHalf(a4s8, b2x19s5);
        var low2 = (a0 * b2) + (a1 * b1) + (a2 * b0) + (a3 * b4x19) + (a4 * b3x19);
        var high2 = HighHalf(a0s8, b2s5) + HighHalf(a1s8, b1s5) + HighHalf(a2s8, b0s5) + HighHalf(a3s8, b4x19s5) + HighHalf(a4s8, b3x19s5);
        var low3 = (a0 * b3) + (a1 * b2) + (a2 * b1) + (a3 * b0) + (a4 * b4x19);
        var high3 = HighHalf(a0s8, b3s5) + HighHalf(a1s8, b2s5) + HighHalf(a2s8, b1s5) + HighHalf(a3s8, b0s5) + HighHalf(a4s8, b4x19s5);
        var low4 = (a0 * b4) + (a1 * b3) + (a2 * b2) + (a3 * b1) + (a4 * b0);
        var high4 = HighHalf(a0s8, b4s5) + HighHalf(a1s8, b3s5) + HighHalf(a2s8, b2s5) + HighHalf(a3s8, b1s5) + HighHalf(a4s8, b0s5);
        return Carry(low0, low1, low2, low3, low4, high0, high1, high2, high3, high4);
    }

    /// <summary>Squares. Limbs may reach 2^54; the square is tight.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public FieldElement Square()
    {
        ulong a0 = _0, a1 = _1, a2 = _2, a3 = _3, a4 = _4;
        ulong a0x2 = a0 * 2, a1x2 = a1 * 2, a2x2 = a2 * 2, a3x2 = a3 * 2;
        ulong a3x19 = a3 * 19, a4x19 = a4 * 19;
        ulong a0s8 = a0 << LeftShift, a0x2s8 = a0x2 << LeftShift, a1s8 = a1 << LeftShift, a1x2s8 = a1x2 << LeftShift;
        ulong a2s8 = a2 << LeftShift, a2x2s8 = a2x2 << LeftShift, a3s8 = a3 << LeftShift, a3x2s8 = a3x2 << LeftShift;
        ulong a4s8 = a4 << LeftShift;
        ulong a0s5 = a0 << RightShift, a1s5 = a1 << RightShift, a2s5 = a2 << RightShift, a3s5 = a3 << RightShift;
        ulong a3x19s5 = a3x19 << RightShift, a4s5 = a4 << RightShift, a4x19s5 = a4x19 << RightShift;
        var low0 = (a0 * a0) + (a1x2 * a4x19) + (a2x2 * a3x19);
        var high0 = HighHalf(a0s8, a0s5) + HighHalf(a1x2s8, a4x19s5) + HighHalf(a2x2s8, a3x19s5);
        var low1 = (a0x2 * a1) + (a2x2 * a4x19) + (a3 * a3x19);
        var high1 = HighHalf(a0x2s8, a1s5) + HighHalf(a2x2s8, a4x19s5) + HighHalf(a3s8, a3x19s5);
        var low2 = (a0x2 * a2) + (a1 * a1) + (a3x2 * a4x19);
        var high2 = HighHalf(a0x2s8, a2s5) + HighHalf(a1s8, a1s5) + HighHalf(a3x2s8, a4x19s5);
        var low3 = (a0x2 * a3) + (a1x2 * a2) + (a4 * a4x19);
        var high3 = HighHalf(a0x2s8, a3s5) + HighHalf(a1x2s8, a2s5) + HighHalf(a4s8, a4x19s5);
        var low4 = (a0x2 * a4) + (a1x2 * a3) + (a2 * a2);
        var high4 = HighHalf(a0x2s8, a4s5) + HighHalf(a1x2s8, a3s5) + HighHalf(a2s8, a2s5);
        return Carry(low0, low1, low2, low3, low4, high0, high1, high2, high3, high4);
    }

    /// <summary>Squares <paramref name="times"/> times.</summary>
    public FieldElement Square(int times)
    {
        var result = Square();
        for (var i = 1; i < times; i++)
            result = result.Square();
        return result;
    }

    /// <summary>Multiplies by a number below 2^20.</summary>
    public FieldElement Multiply(uint small)
    {
        var shifted = (ulong)small << RightShift;
        return Carry(
            _0 * small,
            _1 * small,
            _2 * small,
            _3 * small,
            _4 * small,
            HighHalf(_0 << LeftShift, shifted),
            HighHalf(_1 << LeftShift, shifted),
            HighHalf(_2 << LeftShift, shifted),
            HighHalf(_3 << LeftShift, shifted),
            HighHalf(_4 << LeftShift, shifted));
    }

    /// <summary>Inverts by Fermat's theorem, in constant time; zero stays zero.</summary>
    public FieldElement Invert()
    {
        // p - 2 = 2^255 - 21 = (2^250 - 1) * 2^5 + 11
        var power250 = PowerOf250Ones(out var power11);
        return power250.Square(5) * power11;
    }

    /// <summary>Raises to (p - 5) / 8 = 2^252 - 3, which square roots are made of (RFC 8032 §5.1.3).</summary>
    public FieldElement PowerForRoot() => PowerOf250Ones(out _).Square(2) * this;

    private FieldElement PowerOf250Ones(out FieldElement power11)
    {
        // ones_n stands for this ^ (2^n - 1).
        var power2 = Square();
        var power9 = power2.Square(2) * this;
        power11 = power9 * power2;
        var ones5 = power11.Square() * power9;
        var ones10 = ones5.Square(5) * ones5;
        var ones20 = ones10.Square(10) * ones10;
        var ones40 = ones20.Square(20) * ones20;
        var ones50 = ones40.Square(10) * ones10;
        var ones100 = ones50.Square(50) * ones50;
        var ones200 = ones100.Square(100) * ones100;
        return ones200.Square(50) * ones50;
    }

    /// <summary>Puts the rests of columns into the next limbs, and carries.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static FieldElement Carry(
        ulong low0, ulong low1, ulong low2, ulong low3, ulong low4, ulong high0, ulong high1, ulong high2, ulong high3, ulong high4)
    {
        low0 += (high4 * 19) - (high0 << 51);
        low1 += high0 - (high1 << 51);
        low2 += high1 - (high2 << 51);
        low3 += high2 - (high3 << 51);
        low4 += high3 - (high4 << 51);
        return new(
            (low0 & Mask) + (19 * (low4 >> 51)),
            (low1 & Mask) + (low0 >> 51),
            (low2 & Mask) + (low1 >> 51),
            (low3 & Mask) + (low2 >> 51),
            (low4 & Mask) + (low3 >> 51));
    }

    // Math.BigMul writes the low half to memory even where nobody wants it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong HighHalf(ulong a, ulong b) => Bmi2.X64.IsSupported ? Bmi2.X64.MultiplyNoFlags(a, b) : Math.BigMul(a, b, out _);
}
