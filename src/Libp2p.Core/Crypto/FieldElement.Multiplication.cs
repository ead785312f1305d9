using System.Runtime.CompilerServices;

namespace Libp2p;

internal readonly partial struct FieldElement
{
    /// <summary>Multiplies. Limbs of both sides may reach 2^54; the product is tight.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static FieldElement operator *(in FieldElement a, in FieldElement b)
    {
        // Limbs whose places sum to 255 bits or more wrap round with a factor of 19, as 2^255 is 19.
        ulong a0 = a._0, a1 = a._1, a2 = a._2, a3 = a._3, a4 = a._4;
        ulong b0 = b._0, b1 = b._1, b2 = b._2, b3 = b._3, b4 = b._4;
        ulong b1x19 = b1 * 19, b2x19 = b2 * 19, b3x19 = b3 * 19, b4x19 = b4 * 19;
        var r0 = Wide.Product(a0, b0);
        r0.AddProduct(a1, b4x19);
        r0.AddProduct(a2, b3x19);
        r0.AddProduct(a3, b2x19);
        r0.AddProduct(a4, b1x19);
        var r1 = Wide.Product(a0, b1);
        r1.AddProduct(a1, b0);
        r1.AddProduct(a2, b4x19);
        r1.AddProduct(a3, b3x19);
        r1.AddProduct(a4, b2x19);
        var r2 = Wide.Product(a0, b2);
        r2.AddProduct(a1, b1);
        r2.AddProduct(a2, b0);
        r2.AddProduct(a3, b4x19);
        r2.AddProduct(a4, b3x19);
        var r3 = Wide.Product(a0, b3);
        r3.AddProduct(a1, b2);
        r3.AddProduct(a2, b1);
        r3.AddProduct(a3, b0);
        r3.AddProduct(a4, b4x19);
        var r4 = Wide.Product(a0, b4);
        r4.AddProduct(a1, b3);
        r4.AddProduct(a2, b2);
        r4.AddProduct(a3, b1);
        r4.AddProduct(a4, b0);
        return Carry(r0, r1, r2, r3, r4);
    }

    /// <summary>Squares. Limbs may reach 2^54; the square is tight.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public FieldElement Square()
    {
        ulong a0 = _0, a1 = _1, a2 = _2, a3 = _3, a4 = _4;
        ulong a0x2 = a0 * 2, a1x2 = a1 * 2, a2x2 = a2 * 2, a3x2 = a3 * 2;
        ulong a3x19 = a3 * 19, a4x19 = a4 * 19;
        var r0 = Wide.Product(a0, a0);
        r0.AddProduct(a1x2, a4x19);
        r0.AddProduct(a2x2, a3x19);
        var r1 = Wide.Product(a0x2, a1);
        r1.AddProduct(a2x2, a4x19);
        r1.AddProduct(a3, a3x19);
        var r2 = Wide.Product(a0x2, a2);
        r2.AddProduct(a1, a1);
        r2.AddProduct(a3x2, a4x19);
        var r3 = Wide.Product(a0x2, a3);
        r3.AddProduct(a1x2, a2);
        r3.AddProduct(a4, a4x19);
        var r4 = Wide.Product(a0x2, a4);
        r4.AddProduct(a1x2, a3);
        r4.AddProduct(a2, a2);
        return Carry(r0, r1, r2, r3, r4);
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
    public FieldElement Multiply(uint small) =>
        Carry(Wide.Product(_0, small), Wide.Product(_1, small), Wide.Product(_2, small), Wide.Product(_3, small), Wide.Product(_4, small));

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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static FieldElement Carry(Wide r0, Wide r1, Wide r2, Wide r3, Wide r4)
    {
        r1.Add(r0.Above51());
        r2.Add(r1.Above51());
        r3.Add(r2.Above51());
        r4.Add(r3.Above51());
        var low = r0.Below51() + (r4.Above51() * 19);
        return new FieldElement(low & Mask, r1.Below51() + (low >> 51), r2.Below51(), r3.Below51(), r4.Below51());
    }

    /// <summary>A 128-bit sum of products, which the JIT keeps in two registers.</summary>
    private struct Wide
    {
        private ulong _low;
        private ulong _high;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Wide Product(ulong a, ulong b)
        {
            Wide product;
            product._low = a * b;
            product._high = Math.BigMul(a, b, out _);
            return product;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void AddProduct(ulong a, ulong b)
        {
            // Two multiplications are faster than one whose low half comes back through memory.
            var low = a * b;
            var high = Math.BigMul(a, b, out _);
            _low += low;
            // A comparison that only becomes a number compiles to a flag, not to a branch.
            _high += high + (_low < low ? 1UL : 0UL);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(ulong value)
        {
            _low += value;
            _high += _low < value ? 1UL : 0UL;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly ulong Above51() => (_high << 13) | (_low >> 51);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly ulong Below51() => _low & Mask;
    }
}
