using System.Numerics;
using Libp2p.Testing;
using System.Runtime.Intrinsics;

namespace Libp2p.Tests.Crypto;

public sealed class FieldVectorTests
{
    private static readonly BigInteger P = (BigInteger.One << 255) - 19;

    public FieldVectorTests() => Assert.SkipUnless(FieldVector.IsSupported, "the machine has no AVX2");

    [Fact]
    public void Computes_in_every_lane_as_big_integers_do()
    {
        var random = TestRandom.Create();
        for (var i = 0; i < 200; i++)
        {
            var (left, x) = Create(random, i);
            var (right, y) = Create(random, i + 1);
            FieldVector.Multiply(left, right, out var product);
            FieldVector.Square(left, out var square);
            product.Carry();
            square.Carry();
            for (var lane = 0; lane < 4; lane++)
            {
                Assert.Equal(x[lane], Number(left.Element(lane)));
                Assert.Equal(x[lane] * y[lane] % P, Number(product.Element(lane)));
                Assert.Equal(x[lane] * x[lane] % P, Number(square.Element(lane)));
            }
            AssertTight(product);
            AssertTight(square);
        }
    }

    /// <summary>The addition law feeds differences into products without a carry between; the widest of them must not overflow.</summary>
    [Fact]
    public void Multiplies_the_widest_factors_that_occur()
    {
        // A tight limb and one of 2p.
        FieldVector wide = default;
        var x = BigInteger.Zero;
        for (var i = 0; i < FieldVector.Limbs; i++)
        {
            var limb = i % 2 == 0 ? (1UL << 26) + (1UL << 27) : (1UL << 25) + (1UL << 17) + (1UL << 26);
            wide[i] = Vector256.Create(limb);
            x += new BigInteger(limb) << ((51 * i) + 1) / 2;
        }
        FieldVector.Multiply(wide, wide, out var product);
        for (var i = 0; i < FieldVector.Limbs; i++)
            Assert.True(product[i][0] < 1UL << 63);
        product.Carry();
        FieldVector.Square(wide, out var square);
        square.Carry();
        AssertTight(product);
        for (var lane = 0; lane < 4; lane++)
        {
            Assert.Equal(x * x % P, Number(product.Element(lane)));
            Assert.Equal(x * x % P, Number(square.Element(lane)));
        }
    }

    [Fact]
    public void Carries_the_widest_limbs_that_occur()
    {
        FieldVector wide = default;
        var x = BigInteger.Zero;
        for (var i = 0; i < FieldVector.Limbs; i++)
        {
            wide[i] = Vector256.Create((1UL << 63) - 1);
            x += new BigInteger((1UL << 63) - 1) << ((51 * i) + 1) / 2;
        }
        wide.Carry();
        AssertTight(wide);
        for (var lane = 0; lane < 4; lane++)
            Assert.Equal(x % P, Number(wide.Element(lane)));
    }

    private static void AssertTight(in FieldVector vector)
    {
        for (var i = 0; i < FieldVector.Limbs; i++)
        {
            for (var lane = 0; lane < 4; lane++)
                Assert.InRange(vector[i][lane], 0UL, i % 2 == 0 ? 1UL << 26 : (1UL << 25) + (1UL << 17));
        }
    }

    private static (FieldVector Vector, BigInteger[] Numbers) Create(Random random, int round)
    {
        var numbers = new BigInteger[4];
        var elements = new FieldElement[4];
        for (var lane = 0; lane < 4; lane++)
        {
            var bytes = random.Bytes(32);
            if ((round + lane) % 7 == 0)
                bytes = [.. Enumerable.Repeat((byte)0xff, 31), 0x7f];
            bytes[31] &= 0x7f;
            elements[lane] = FieldElement.Decode(bytes);
            numbers[lane] = new BigInteger(bytes, isUnsigned: true) % P;
        }
        FieldVector.Join(elements[0], elements[1], elements[2], elements[3], out var vector);
        return (vector, numbers);
    }

    private static BigInteger Number(in FieldElement element)
    {
        Span<byte> bytes = stackalloc byte[32];
        element.Encode(bytes);
        return new BigInteger(bytes, isUnsigned: true);
    }
}
