using Libp2p.Testing;
using System.Numerics;
using Libp2p.Tests.Support;

namespace Libp2p.Tests.Crypto;

public sealed class FieldElementTests
{
    private static readonly BigInteger P = (BigInteger.One << 255) - 19;

    [Fact]
    public void Computes_as_big_integers_do()
    {
        var random = TestRandom.Create();
        var samples = Edges().Concat(Enumerable.Range(0, 40).Select(_ => random.Bytes(32))).ToArray();
        foreach (var left in samples)
        {
            var (a, x) = (FieldElement.Decode(left), Number(left));
            Assert.Equal(x, Number(a));
            Assert.Equal(Mod(x * x), Number(a.Square()));
            Assert.Equal(Mod(-x), Number(a.Negate()));
            Assert.Equal(Mod(x * 121665), Number(a.Multiply(121665)));
            Assert.Equal(BigInteger.ModPow(x, P - 2, P), Number(a.Invert()));
            Assert.Equal(BigInteger.ModPow(x, (P - 5) / 8, P), Number(a.PowerForRoot()));
            Assert.Equal(!x.IsEven, a.IsNegative());
            foreach (var right in samples)
            {
                var (b, y) = (FieldElement.Decode(right), Number(right));
                Assert.Equal(Mod(x * y), Number(a * b));
                Assert.Equal(Mod(x + y), Number(a + b));
                Assert.Equal(Mod(x - y), Number(a - b));
                Assert.Equal(x == y, FieldElement.AreEqual(a, b));
            }
        }
    }

    /// <summary>The addition law feeds sums of sums into products without a carry between; the widest of them must not overflow.</summary>
    [Fact]
    public void Multiplies_the_widest_sums_that_occur()
    {
        var most = FieldElement.Decode([.. Enumerable.Repeat((byte)0xff, 31), 0x7f]);
        var x = Number(most);

        // 2a + (a - 0) + 2a: limbs just below 2^54, the limit.
        var wide = most + most + (most - default(FieldElement)) + most;
        Assert.Equal(Mod(4 * x), Number(wide));
        Assert.Equal(Mod(16 * x * x), Number(wide * wide));
        Assert.Equal(Mod(16 * x * x), Number(wide.Square()));
        Assert.Equal(Mod(4 * x), Number(wide.Tighten()));
    }

    /// <summary>The limit itself, in every limb, where each column of products is as full as it gets.</summary>
    [Fact]
    public void Multiplies_limbs_at_the_limit()
    {
        var limit = FieldElement.FromLimbs([1UL << 54, 1UL << 54, 1UL << 54, 1UL << 54, 1UL << 54]);
        var x = Enumerable.Range(0, 5).Aggregate(BigInteger.Zero, (sum, i) => sum + (BigInteger.One << (54 + (51 * i))));
        Assert.Equal(Mod(x * x), Number(limit * limit));
        Assert.Equal(Mod(x * x), Number(limit.Square()));
        Assert.Equal(Mod(x * ((1 << 20) - 1)), Number(limit.Multiply((1 << 20) - 1)));
        Assert.Equal(Mod(x), Number(limit));
    }

    [Fact]
    public void Swaps_by_mask()
    {
        var (one, two) = (FieldElement.From(1), FieldElement.From(2));
        FieldElement.Swap(0, ref one, ref two);
        Assert.Equal(1, Number(one));
        FieldElement.Swap(ulong.MaxValue, ref one, ref two);
        Assert.Equal(2, Number(one));
        Assert.Equal(1, Number(two));
    }

    private static IEnumerable<byte[]> Edges()
    {
        foreach (var number in new[] { 0, 1, 2, 18, 19, 20, P - 2, P - 1, P, P + 1, P + 18, (BigInteger.One << 255) - 1, BigInteger.One << 204, (BigInteger.One << 51) - 1 })
        {
            var bytes = new byte[32];
            Assert.True(number.TryWriteBytes(bytes, out _, isUnsigned: true));
            yield return bytes;
        }
    }

    private static BigInteger Mod(BigInteger number) => ((number % P) + P) % P;

    private static BigInteger Number(byte[] bytes)
    {
        byte[] masked = [.. bytes];
        masked[31] &= 0x7f;
        return Mod(new BigInteger(masked, isUnsigned: true));
    }

    private static BigInteger Number(in FieldElement element)
    {
        Span<byte> bytes = stackalloc byte[32];
        element.Encode(bytes);
        var number = new BigInteger(bytes, isUnsigned: true);
        Assert.True(number < P);
        return number;
    }
}
