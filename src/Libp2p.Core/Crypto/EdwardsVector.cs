using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Libp2p;

/// <summary>
/// A point of edwards25519 whose coordinates X, Y, Z and T lie in the four lanes of one <see cref="FieldVector"/>, so that the
/// four multiplications of each half of the addition law are one (Hisil, Wong, Carter and Dawson 2008, §4.3).
/// </summary>
internal struct EdwardsVector : IEdwardsArithmetic<EdwardsVector, EdwardsVector.Multiple>
{
    // Lanes, lowest first, as the instruction's two-bit fields want them.
    private const byte LeftFactors = 0 | (2 << 2) | (2 << 4) | (0 << 6);
    private const byte ExchangeFirstTwo = 1 | (0 << 2) | (2 << 4) | (3 << 6);
    private const byte RightFactors = 1 | (3 << 2) | (1 << 4) | (3 << 6);

    private FieldVector _coordinates;

    /// <summary>Whether this machine has the instructions for it.</summary>
    public static bool IsSupported => FieldVector.IsSupported;

    /// <inheritdoc/>
    public static void From(in EdwardsPoint point, out EdwardsVector result) =>
        FieldVector.Join(point.X, point.Y, point.Z, point.T, out result._coordinates);

    /// <inheritdoc/>
    public readonly void Encode(Span<byte> bytes) =>
        EdwardsPoint.Encode(_coordinates.Element(0), _coordinates.Element(1), _coordinates.Element(2), bytes);

    /// <inheritdoc/>
    public readonly void EncodeMontgomery(Span<byte> bytes) =>
        EdwardsPoint.EncodeMontgomery(_coordinates.Element(1), _coordinates.Element(2), bytes);

    /// <inheritdoc/>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Select(ReadOnlySpan<Multiple> multiples, int digit, out Multiple chosen)
    {
        var sign = digit >> 31;
        var magnitude = (uint)((digit ^ sign) - sign);

        // Two limbs of all four lie in a vector here. The neutral element is 1, 1, 0 and 2.
        var chosen0 = Vector256.Create(1u, 1, 0, 2, 0, 0, 0, 0) & IsSame(magnitude, 0);
        var (chosen1, chosen2, chosen3, chosen4) = (Vector256<uint>.Zero, Vector256<uint>.Zero, Vector256<uint>.Zero, Vector256<uint>.Zero);
        for (var i = 0; i < multiples.Length; i++)
        {
            var mask = IsSame(magnitude, (uint)i + 1);
            ref readonly var multiple = ref multiples[i];
            chosen0 |= multiple.Pair(0) & mask;
            chosen1 |= multiple.Pair(1) & mask;
            chosen2 |= multiple.Pair(2) & mask;
            chosen3 |= multiple.Pair(3) & mask;
            chosen4 |= multiple.Pair(4) & mask;
        }
        var negative = Vector256.Create((uint)sign);
        Unsafe.SkipInit(out chosen);
        chosen.SetPair(0, NegateIf(negative, chosen0, 0));
        chosen.SetPair(1, NegateIf(negative, chosen1, 1));
        chosen.SetPair(2, NegateIf(negative, chosen2, 2));
        chosen.SetPair(3, NegateIf(negative, chosen3, 3));
        chosen.SetPair(4, NegateIf(negative, chosen4, 4));
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Double(ref EdwardsVector point)
    {
        // X, Y, Z and X + Y.
        FieldVector vector;
        Unsafe.SkipInit(out vector);
        for (var i = 0; i < FieldVector.Limbs; i++)
        {
            var limb = point._coordinates[i];
            var x = Avx2.Permute4x64(limb, 0 | (1 << 2) | (2 << 4) | (0 << 6));
            var y = Avx2.ShiftLeftLogicalVariable(Avx2.Permute4x64(limb, 0x55), Vector256.Create(64UL, 64, 64, 0));
            vector[i] = x + y;
        }
        FieldVector.Square(vector, out vector);

        // From A, B, C and D, the squares: E = A + B - D, F = 2C + A - B, G = A - B and H = A + B.
        for (var i = 0; i < FieldVector.Limbs; i++)
        {
            var limb = vector[i];
            var a = Avx2.Permute4x64(limb, 0x00);
            var b = Avx2.Permute4x64(limb, 0x55) ^ Vector256.Create(0, ulong.MaxValue, ulong.MaxValue, 0);
            var c = Avx2.Permute4x64(limb, 3 | (2 << 2) | (2 << 4) | (2 << 6));
            c = Avx2.ShiftLeftLogicalVariable(c, Vector256.Create(0UL, 1, 64, 64)) ^ Vector256.Create(ulong.MaxValue, 0, 0, 0);
            vector[i] = (a + b) + (c + (Broadcast(WideMultipleOfP, i) & Vector256.Create(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, 0)));
        }
        vector.Carry();
        MultiplyFactors(vector, out point._coordinates);
    }

    /// <inheritdoc/>
    public static void Add(ref EdwardsVector point, in Multiple multiple)
    {
        multiple.Expand(out var factor);
        Add(ref point, factor);
    }

    /// <inheritdoc/>
    public static void Subtract(ref EdwardsVector point, in Multiple multiple)
    {
        multiple.ExpandOpposite(out var factor);
        Add(ref point, factor);
    }

    /// <inheritdoc/>
    public static void Prepare(in EdwardsVector point, out Multiple multiple)
    {
        var one = FieldElement.From(1);
        var two = FieldElement.From(2);
        FieldVector.Join(one, one, EdwardsPoint.TwiceD, two, out var constants);
        DifferenceSumTZ(point._coordinates, out var vector);
        FieldVector.Multiply(vector, constants, out vector);
        vector.Carry();
        multiple = new Multiple(vector);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(ref EdwardsVector point, in FieldVector factor)
    {
        DifferenceSumTZ(point._coordinates, out var vector);
        FieldVector.Multiply(vector, factor, out vector);

        // From A, B, C and D, the products: E = B - A, F = D - C, G = D + C and H = B + A.
        for (var i = 0; i < FieldVector.Limbs; i++)
        {
            var limb = vector[i];
            var plus = Avx2.Permute4x64(limb, 1 | (3 << 2) | (3 << 4) | (1 << 6));
            var other = Avx2.Permute4x64(limb, 0 | (2 << 2) | (2 << 4) | (0 << 6)) ^ Vector256.Create(ulong.MaxValue, ulong.MaxValue, 0, 0);
            vector[i] = plus + (other + (Broadcast(WideMultipleOfP, i) & Vector256.Create(ulong.MaxValue, ulong.MaxValue, 0, 0)));
        }
        vector.Carry();
        MultiplyFactors(vector, out point._coordinates);
    }

    /// <summary>X = EF, Y = GH, Z = FG and T = EH.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyFactors(in FieldVector efgh, out FieldVector result)
    {
        FieldVector left, right;
        Unsafe.SkipInit(out left);
        Unsafe.SkipInit(out right);
        for (var i = 0; i < FieldVector.Limbs; i++)
        {
            left[i] = Avx2.Permute4x64(efgh[i], LeftFactors);
            right[i] = Avx2.Permute4x64(efgh[i], RightFactors);
        }
        FieldVector.Multiply(left, right, out result);
        result.Carry();
    }

    /// <summary>Y - X, Y + X, T and Z, of which the first may reach 2.9 times a tight limb.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void DifferenceSumTZ(in FieldVector point, out FieldVector result)
    {
        Unsafe.SkipInit(out result);
        for (var i = 0; i < FieldVector.Limbs; i++)
        {
            var yyTZ = Avx2.Permute4x64(point[i], 1 | (1 << 2) | (3 << 4) | (2 << 6));
            var xx = Avx2.ShiftLeftLogicalVariable(Avx2.Permute4x64(point[i], 0), Vector256.Create(0UL, 0, 64, 64));
            result[i] = yyTZ + ((xx ^ Vector256.Create(ulong.MaxValue, 0, 0, 0)) + (Broadcast(TwiceP, i) & Vector256.Create(ulong.MaxValue, 0, 0, 0)));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> IsSame(uint a, uint b) => Vector256.Create(0u - (((a ^ b) - 1) >>> 31));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> NegateIf(Vector256<uint> mask, Vector256<uint> pair, int index)
    {
        var third = Vector256.Create(0u, 0, uint.MaxValue, 0, 0, 0, uint.MaxValue, 0);
        var twiceP = Vector256.Create(Vector128.Create((uint)TwiceP[2 * index]), Vector128.Create((uint)TwiceP[(2 * index) + 1])) & third;
        var opposite = (Avx2.Shuffle(pair, ExchangeFirstTwo) ^ third) + twiceP;
        return pair ^ ((pair ^ opposite) & mask);
    }

    // The limbs of 2p and of 2^36 p, each with 1 more: a number and its complement sum to -1, so whoever adds the complement
    // to subtract has to add 1.
    private static ReadOnlySpan<ulong> TwiceP =>
        [0x7ffffdb, 0x3ffffff, 0x7ffffff, 0x3ffffff, 0x7ffffff, 0x3ffffff, 0x7ffffff, 0x3ffffff, 0x7ffffff, 0x3ffffff];

    private static ReadOnlySpan<ulong> WideMultipleOfP =>
    [
        0x3ffffed000000001, 0x1ffffff000000001, 0x3ffffff000000001, 0x1ffffff000000001, 0x3ffffff000000001,
        0x1ffffff000000001, 0x3ffffff000000001, 0x1ffffff000000001, 0x3ffffff000000001, 0x1ffffff000000001,
    ];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Broadcast(ReadOnlySpan<ulong> limbs, int limb) =>
        Vector256.Create(Unsafe.Add(ref MemoryMarshal.GetReference(limbs), limb));

    /// <summary>A multiple for a table: Y - X, Y + X, 2dT and 2Z, tight, in 160 bytes.</summary>
    [InlineArray(4 * FieldVector.Limbs)]
    internal struct Multiple
    {
        private uint _limb;

        public Multiple(in FieldVector vector)
        {
            Span<uint> limbs = this;
            for (var i = 0; i < FieldVector.Limbs; i++)
            {
                for (var lane = 0; lane < 4; lane++)
                    limbs[(4 * i) + lane] = (uint)vector[i].GetElement(lane);
            }
        }

        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Expand(out FieldVector vector)
        {
            Unsafe.SkipInit(out vector);
            for (var i = 0; i < FieldVector.Limbs; i++)
                vector[i] = Load(i);
        }

        /// <summary>The opposite point's: the first two are exchanged, the third is negated.</summary>
        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void ExpandOpposite(out FieldVector vector)
        {
            var third = Vector256.Create(0, 0, ulong.MaxValue, 0);
            Unsafe.SkipInit(out vector);
            for (var i = 0; i < FieldVector.Limbs; i++)
            {
                var limb = Avx2.Permute4x64(Load(i), ExchangeFirstTwo) ^ third;
                vector[i] = limb + (Broadcast(TwiceP, i) & third);
            }
        }

        /// <summary>Two limbs of all four.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly Vector256<uint> Pair(int index) => Vector256.LoadUnsafe(in _limb, (nuint)(8 * index));

        /// <summary>Sets two limbs of all four.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void SetPair(int index, Vector256<uint> limbs) => limbs.StoreUnsafe(ref _limb, (nuint)(8 * index));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly Vector256<ulong> Load(int limb) =>
            Avx2.ConvertToVector256Int64(Vector128.LoadUnsafe(in _limb, (nuint)(4 * limb))).AsUInt64();
    }
}
