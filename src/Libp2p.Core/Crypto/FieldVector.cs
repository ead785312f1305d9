using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Libp2p;

/// <summary>
/// Four integers modulo p = 2^255 - 19 side by side: each of ten vectors holds one limb of all four, in turn of 26 and of 25 bits.
/// </summary>
/// <remarks>
/// Limbs are called tight up to 2^26, or 2^25 + 2^17 where they have 25 bits, which <see cref="Carry"/> gives. Factors may reach
/// 2.9 times that: the sum of two tight limbs, or their difference and 2p. So no product of 32 by 32 bits overflows, nor any sum of products.
/// What computes is compiled for good at once: without inlining, as the first tier has it, a verification takes milliseconds.
/// </remarks>
internal partial struct FieldVector
{
    /// <summary>Limbs of an element.</summary>
    public const int Limbs = 10;

    private const int EvenBits = 26;
    private const int OddBits = 25;

    private Vector256<ulong> _0;
    private Vector256<ulong> _1;
    private Vector256<ulong> _2;
    private Vector256<ulong> _3;
    private Vector256<ulong> _4;
    private Vector256<ulong> _5;
    private Vector256<ulong> _6;
    private Vector256<ulong> _7;
    private Vector256<ulong> _8;
    private Vector256<ulong> _9;

    /// <summary>Whether this machine has the instructions for it.</summary>
    public static bool IsSupported => Avx2.IsSupported;

    /// <summary>One limb of all four.</summary>
    public Vector256<ulong> this[int limb]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly get => Unsafe.Add(ref Unsafe.AsRef(in _0), limb);
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        set => Unsafe.Add(ref _0, limb) = value;
    }

    /// <summary>Puts four tight elements side by side.</summary>
    [SkipLocalsInit]
    public static void Join(in FieldElement a, in FieldElement b, in FieldElement c, in FieldElement d, out FieldVector result)
    {
        Span<ulong> limbsOfFour = stackalloc ulong[4 * Limbs / 2];
        a.CopyLimbs(limbsOfFour);
        b.CopyLimbs(limbsOfFour[5..]);
        c.CopyLimbs(limbsOfFour[10..]);
        d.CopyLimbs(limbsOfFour[15..]);
        Unsafe.SkipInit(out result);
        for (var i = 0; i < Limbs / 2; i++)
        {
            var limbs = Vector256.Create(limbsOfFour[i], limbsOfFour[5 + i], limbsOfFour[10 + i], limbsOfFour[15 + i]);
            result[2 * i] = limbs & Vector256.Create((1UL << EvenBits) - 1);
            result[(2 * i) + 1] = limbs >>> EvenBits;
        }
    }

    /// <summary>Takes one of the four out, whose limbs are tight: below 2^52, which <see cref="FieldElement"/> takes as a factor.</summary>
    public readonly FieldElement Element(int lane)
    {
        Span<ulong> limbs = stackalloc ulong[Limbs / 2];
        for (var i = 0; i < limbs.Length; i++)
            limbs[i] = this[2 * i].GetElement(lane) + (this[(2 * i) + 1].GetElement(lane) << EvenBits);
        return FieldElement.FromLimbs(limbs);
    }
}
