using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Libp2p;

internal partial struct FieldVector
{
    /// <summary>Multiplies lane by lane; the limbs of tight factors' products are below 2^59, of the widest ones below 2^62.2, and wait for <see cref="Carry"/>.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(in FieldVector a, in FieldVector b, out FieldVector product)
    {
        // Limbs whose places sum to 255 bits or more wrap round with a factor of 19; two odd ones lie a bit higher than their places say.
        var a0 = a._0;
        var a1 = a._1;
        var a2 = a._2;
        var a3 = a._3;
        var a4 = a._4;
        var a5 = a._5;
        var a6 = a._6;
        var a7 = a._7;
        var a8 = a._8;
        var a9 = a._9;
        Vector256<ulong> a1x2 = a1 + a1, a3x2 = a3 + a3, a5x2 = a5 + a5, a7x2 = a7 + a7, a9x2 = a9 + a9;
        var b0 = b._0;
        var b1 = b._1;
        var b2 = b._2;
        var b3 = b._3;
        var b4 = b._4;
        var b5 = b._5;
        var b6 = b._6;
        var b7 = b._7;
        var b8 = b._8;
        var b9 = b._9;
        Vector256<ulong> b1x19 = Times19(b1), b2x19 = Times19(b2), b3x19 = Times19(b3), b4x19 = Times19(b4), b5x19 = Times19(b5);
        Vector256<ulong> b6x19 = Times19(b6), b7x19 = Times19(b7), b8x19 = Times19(b8), b9x19 = Times19(b9);
        var r0 = Product(a0, b0) + Product(a1x2, b9x19) + Product(a2, b8x19)
            + Product(a3x2, b7x19) + Product(a4, b6x19) + Product(a5x2, b5x19)
            + Product(a6, b4x19) + Product(a7x2, b3x19) + Product(a8, b2x19)
            + Product(a9x2, b1x19);
        var r1 = Product(a0, b1) + Product(a1, b0) + Product(a2, b9x19)
            + Product(a3, b8x19) + Product(a4, b7x19) + Product(a5, b6x19)
            + Product(a6, b5x19) + Product(a7, b4x19) + Product(a8, b3x19)
            + Product(a9, b2x19);
        var r2 = Product(a0, b2) + Product(a1x2, b1) + Product(a2, b0)
            + Product(a3x2, b9x19) + Product(a4, b8x19) + Product(a5x2, b7x19)
            + Product(a6, b6x19) + Product(a7x2, b5x19) + Product(a8, b4x19)
            + Product(a9x2, b3x19);
        var r3 = Product(a0, b3) + Product(a1, b2) + Product(a2, b1)
            + Product(a3, b0) + Product(a4, b9x19) + Product(a5, b8x19)
            + Product(a6, b7x19) + Product(a7, b6x19) + Product(a8, b5x19)
            + Product(a9, b4x19);
        var r4 = Product(a0, b4) + Product(a1x2, b3) + Product(a2, b2)
            + Product(a3x2, b1) + Product(a4, b0) + Product(a5x2, b9x19)
            + Product(a6, b8x19) + Product(a7x2, b7x19) + Product(a8, b6x19)
            + Product(a9x2, b5x19);
        var r5 = Product(a0, b5) + Product(a1, b4) + Product(a2, b3)
            + Product(a3, b2) + Product(a4, b1) + Product(a5, b0)
            + Product(a6, b9x19) + Product(a7, b8x19) + Product(a8, b7x19)
            + Product(a9, b6x19);
        var r6 = Product(a0, b6) + Product(a1x2, b5) + Product(a2, b4)
            + Product(a3x2, b3) + Product(a4, b2) + Product(a5x2, b1)
            + Product(a6, b0) + Product(a7x2, b9x19) + Product(a8, b8x19)
            + Product(a9x2, b7x19);
        var r7 = Product(a0, b7) + Product(a1, b6) + Product(a2, b5)
            + Product(a3, b4) + Product(a4, b3) + Product(a5, b2)
            + Product(a6, b1) + Product(a7, b0) + Product(a8, b9x19)
            + Product(a9, b8x19);
        var r8 = Product(a0, b8) + Product(a1x2, b7) + Product(a2, b6)
            + Product(a3x2, b5) + Product(a4, b4) + Product(a5x2, b3)
            + Product(a6, b2) + Product(a7x2, b1) + Product(a8, b0)
            + Product(a9x2, b9x19);
        var r9 = Product(a0, b9) + Product(a1, b8) + Product(a2, b7)
            + Product(a3, b6) + Product(a4, b5) + Product(a5, b4)
            + Product(a6, b3) + Product(a7, b2) + Product(a8, b1)
            + Product(a9, b0);
        product._0 = r0;
        product._1 = r1;
        product._2 = r2;
        product._3 = r3;
        product._4 = r4;
        product._5 = r5;
        product._6 = r6;
        product._7 = r7;
        product._8 = r8;
        product._9 = r9;
    }

    /// <summary>Squares lane by lane, as <see cref="Multiply"/> does.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Square(in FieldVector a, out FieldVector square)
    {
        var a0 = a._0;
        var a1 = a._1;
        var a2 = a._2;
        var a3 = a._3;
        var a4 = a._4;
        var a5 = a._5;
        var a6 = a._6;
        var a7 = a._7;
        var a8 = a._8;
        var a9 = a._9;
        Vector256<ulong> a0x2 = a0 + a0, a1x2 = a1 + a1, a2x2 = a2 + a2, a3x2 = a3 + a3, a4x2 = a4 + a4;
        Vector256<ulong> a5x2 = a5 + a5, a6x2 = a6 + a6, a7x2 = a7 + a7, a8x2 = a8 + a8, a9x2 = a9 + a9;
        Vector256<ulong> a1x4 = a1x2 + a1x2, a3x4 = a3x2 + a3x2, a5x4 = a5x2 + a5x2, a7x4 = a7x2 + a7x2;
        Vector256<ulong> a5x19 = Times19(a5), a6x19 = Times19(a6), a7x19 = Times19(a7), a8x19 = Times19(a8), a9x19 = Times19(a9);
        var r0 = Product(a0, a0) + Product(a1x4, a9x19) + Product(a2x2, a8x19) + Product(a3x4, a7x19) + Product(a4x2, a6x19) + Product(a5x2, a5x19);
        var r1 = Product(a0x2, a1) + Product(a2x2, a9x19) + Product(a3x2, a8x19) + Product(a4x2, a7x19) + Product(a5x2, a6x19);
        var r2 = Product(a0x2, a2) + Product(a1x2, a1) + Product(a3x4, a9x19) + Product(a4x2, a8x19) + Product(a5x4, a7x19) + Product(a6, a6x19);
        var r3 = Product(a0x2, a3) + Product(a1x2, a2) + Product(a4x2, a9x19) + Product(a5x2, a8x19) + Product(a6x2, a7x19);
        var r4 = Product(a0x2, a4) + Product(a1x4, a3) + Product(a2, a2) + Product(a5x4, a9x19) + Product(a6x2, a8x19) + Product(a7x2, a7x19);
        var r5 = Product(a0x2, a5) + Product(a1x2, a4) + Product(a2x2, a3) + Product(a6x2, a9x19) + Product(a7x2, a8x19);
        var r6 = Product(a0x2, a6) + Product(a1x4, a5) + Product(a2x2, a4) + Product(a3x2, a3) + Product(a7x4, a9x19) + Product(a8, a8x19);
        var r7 = Product(a0x2, a7) + Product(a1x2, a6) + Product(a2x2, a5) + Product(a3x2, a4) + Product(a8x2, a9x19);
        var r8 = Product(a0x2, a8) + Product(a1x4, a7) + Product(a2x2, a6) + Product(a3x4, a5) + Product(a4, a4) + Product(a9x2, a9x19);
        var r9 = Product(a0x2, a9) + Product(a1x2, a8) + Product(a2x2, a7) + Product(a3x2, a6) + Product(a4x2, a5);
        square._0 = r0;
        square._1 = r1;
        square._2 = r2;
        square._3 = r3;
        square._4 = r4;
        square._5 = r5;
        square._6 = r6;
        square._7 = r7;
        square._8 = r8;
        square._9 = r9;
    }

    /// <summary>Carries limbs below 2^63 back to tight ones.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Carry()
    {
        var even = Vector256.Create((1UL << EvenBits) - 1);
        var odd = Vector256.Create((1UL << OddBits) - 1);
        var r0 = _0;
        var r1 = _1;
        var r2 = _2;
        var r3 = _3;
        var r4 = _4;
        var r5 = _5;
        var r6 = _6;
        var r7 = _7;
        var r8 = _8;
        var r9 = _9;

        // Two chains at once, so that neither waits for the other.
        r1 += r0 >>> EvenBits;
        r5 += r4 >>> EvenBits;
        r0 &= even;
        r4 &= even;
        r2 += r1 >>> OddBits;
        r6 += r5 >>> OddBits;
        r1 &= odd;
        r5 &= odd;
        r3 += r2 >>> EvenBits;
        r7 += r6 >>> EvenBits;
        _2 = r2 & even;
        _6 = r6 & even;
        r4 += r3 >>> OddBits;
        r8 += r7 >>> OddBits;
        _3 = r3 & odd;
        _7 = r7 & odd;
        _5 = r5 + (r4 >>> EvenBits);
        r9 += r8 >>> EvenBits;
        _4 = r4 & even;
        _8 = r8 & even;
        var wrapped = r9 >>> OddBits;
        _9 = r9 & odd;
        r0 += wrapped + (wrapped << 1) + (wrapped << 4);
        _1 = r1 + (r0 >>> EvenBits);
        _0 = r0 & even;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Product(Vector256<ulong> a, Vector256<ulong> b) => Avx2.Multiply(a.AsUInt32(), b.AsUInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Times19(Vector256<ulong> a) => Product(a, Vector256.Create(19UL));
}
