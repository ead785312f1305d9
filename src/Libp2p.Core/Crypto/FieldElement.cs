using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Libp2p;

/// <summary>
/// An integer modulo p = 2^255 - 19 in five limbs of 51 bits. No operation branches or indexes on a value.
/// </summary>
/// <remarks>
/// Limbs are called tight up to 2^51 + 2^18, which decoding and multiplication give. Sums and differences are not carried:
/// they grow, and the rules at each operator say how far they may.
/// </remarks>
internal readonly partial struct FieldElement
{
    /// <summary>Bytes of an encoding.</summary>
    public const int Length = 32;

    private const ulong Mask = (1UL << 51) - 1;

    private readonly ulong _0;
    private readonly ulong _1;
    private readonly ulong _2;
    private readonly ulong _3;
    private readonly ulong _4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private FieldElement(ulong limb0, ulong limb1, ulong limb2, ulong limb3, ulong limb4)
    {
        _0 = limb0;
        _1 = limb1;
        _2 = limb2;
        _3 = limb3;
        _4 = limb4;
    }

    /// <summary>Makes a small number.</summary>
    public static FieldElement From(uint value) => new(value, 0, 0, 0, 0);

    /// <summary>Decodes 32 bytes, little end first. The top bit is not read, and numbers from p to 2^255 - 1 are taken modulo p.</summary>
    public static FieldElement Decode(ReadOnlySpan<byte> bytes)
    {
        var word0 = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        var word1 = BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]);
        var word2 = BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]);
        var word3 = BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]);
        return new FieldElement(
            word0 & Mask,
            ((word0 >> 51) | (word1 << 13)) & Mask,
            ((word1 >> 38) | (word2 << 26)) & Mask,
            ((word2 >> 25) | (word3 << 39)) & Mask,
            (word3 >> 12) & Mask);
    }

    /// <summary>Makes an element of its five limbs.</summary>
    public static FieldElement FromLimbs(ReadOnlySpan<ulong> limbs) => new(limbs[0], limbs[1], limbs[2], limbs[3], limbs[4]);

    /// <summary>Copies the five limbs.</summary>
    public void CopyLimbs(Span<ulong> limbs)
    {
        limbs[0] = _0;
        limbs[1] = _1;
        limbs[2] = _2;
        limbs[3] = _3;
        limbs[4] = _4;
    }

    /// <summary>Encodes the one representative below p in 32 bytes. Limbs may reach 2^54.</summary>
    public void Encode(Span<byte> bytes)
    {
        var once = Carried(_0, _1, _2, _3, _4);
        var t = Carried(once._0, once._1, once._2, once._3, once._4);

        // The value is now below 2p: adding 19 carries out of bit 255 exactly where p has to go.
        var excess = (t._0 + 19) >> 51;
        excess = (t._1 + excess) >> 51;
        excess = (t._2 + excess) >> 51;
        excess = (t._3 + excess) >> 51;
        excess = (t._4 + excess) >> 51;

        var limb0 = t._0 + (19 * excess);
        var limb1 = t._1 + (limb0 >> 51);
        var limb2 = t._2 + (limb1 >> 51);
        var limb3 = t._3 + (limb2 >> 51);
        var limb4 = t._4 + (limb3 >> 51);
        limb0 &= Mask;
        limb1 &= Mask;
        limb2 &= Mask;
        limb3 &= Mask;
        limb4 &= Mask;
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, limb0 | (limb1 << 51));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], (limb1 >> 13) | (limb2 << 38));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], (limb2 >> 26) | (limb3 << 25));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[24..], (limb3 >> 39) | (limb4 << 12));
    }

    /// <summary>Adds without carrying: the limbs of the sum are the sums of the limbs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FieldElement operator +(in FieldElement a, in FieldElement b) =>
        new(a._0 + b._0, a._1 + b._1, a._2 + b._2, a._3 + b._3, a._4 + b._4);

    /// <summary>Subtracts by adding 4p first: the limbs of <paramref name="b"/> must stay below 2^53 - 76, those of the difference are below a + 2^53.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FieldElement operator -(in FieldElement a, in FieldElement b) =>
        new(
            a._0 + ((Mask - 18) << 2) - b._0,
            a._1 + (Mask << 2) - b._1,
            a._2 + (Mask << 2) - b._2,
            a._3 + (Mask << 2) - b._3,
            a._4 + (Mask << 2) - b._4);

    /// <summary>Negates a tight element.</summary>
    public FieldElement Negate() => default(FieldElement) - this;

    /// <summary>Carries a sum or difference whose limbs are below 2^54 back to tight limbs.</summary>
    public FieldElement Tighten() => Carried(_0, _1, _2, _3, _4);

    /// <summary>Exchanges the two where all bits of the mask are set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Swap(ulong mask, ref FieldElement a, ref FieldElement b)
    {
        var x0 = mask & (a._0 ^ b._0);
        var x1 = mask & (a._1 ^ b._1);
        var x2 = mask & (a._2 ^ b._2);
        var x3 = mask & (a._3 ^ b._3);
        var x4 = mask & (a._4 ^ b._4);
        a = new FieldElement(a._0 ^ x0, a._1 ^ x1, a._2 ^ x2, a._3 ^ x3, a._4 ^ x4);
        b = new FieldElement(b._0 ^ x0, b._1 ^ x1, b._2 ^ x2, b._3 ^ x3, b._4 ^ x4);
    }

    /// <summary>Whether the representative below p is odd, which RFC 8032 calls negative.</summary>
    public bool IsNegative()
    {
        Span<byte> bytes = stackalloc byte[Length];
        Encode(bytes);
        return (bytes[0] & 1) != 0;
    }

    /// <summary>Whether both are the same modulo p. Limbs may reach 2^54.</summary>
    public static bool AreEqual(in FieldElement a, in FieldElement b)
    {
        Span<byte> left = stackalloc byte[Length];
        Span<byte> right = stackalloc byte[Length];
        a.Encode(left);
        b.Encode(right);
        return CryptographicOperations.FixedTimeEquals(left, right);
    }

    private static FieldElement Carried(ulong limb0, ulong limb1, ulong limb2, ulong limb3, ulong limb4) =>
        new(
            (limb0 & Mask) + (19 * (limb4 >> 51)),
            (limb1 & Mask) + (limb0 >> 51),
            (limb2 & Mask) + (limb1 >> 51),
            (limb3 & Mask) + (limb2 >> 51),
            (limb4 & Mask) + (limb3 >> 51));
}
