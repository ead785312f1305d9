using Libp2p.Testing;
using System.Numerics;
using Libp2p.Tests.Support;

namespace Libp2p.Tests.Crypto;

public sealed class EdwardsScalarTests
{
    private static readonly BigInteger Order = (BigInteger.One << 252) + BigInteger.Parse("27742317777372353535851937790883648493");

    [Fact]
    public void Reduces_as_big_integers_do()
    {
        var random = TestRandom.Create();
        var result = new byte[32];
        for (var i = 0; i < 2_000; i++)
        {
            var wide = i switch
            {
                0 => new byte[64],
                1 => [.. Enumerable.Repeat((byte)0xff, 64)],

                // Around multiples of the order, where the estimate of the quotient is worst.
                < 1_000 => Wide((new BigInteger(random.Bytes(32), isUnsigned: true) * Order) + random.Next(3) - 1),
                _ => random.Bytes(64),
            };
            EdwardsScalar.Reduce(wide, result);
            Assert.Equal(new BigInteger(wide, isUnsigned: true) % Order, new BigInteger(result, isUnsigned: true));
        }
    }

    [Fact]
    public void Multiplies_and_adds_as_big_integers_do()
    {
        var random = TestRandom.Create();
        var result = new byte[32];
        for (var i = 0; i < 1_000; i++)
        {
            var (a, b, c) = (random.Bytes(32), random.Bytes(32), random.Bytes(32));
            if (i == 0)
            {
                Array.Fill(b, (byte)0xff);
                Array.Fill(c, (byte)0xff);
            }
            EdwardsScalar.Reduce([.. a, .. new byte[32]], a);
            EdwardsScalar.MultiplyAdd(a, b, c, result);
            Assert.Equal((Number(a) * Number(b) + Number(c)) % Order, Number(result));
        }
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, false)]
    [InlineData(1, false)]
    public void Knows_what_is_below_the_order(int offset, bool below) =>
        Assert.Equal(below, EdwardsScalar.IsCanonical(Wide(Order + offset).AsSpan(0, 32)));

    [Fact]
    public void Knows_the_extremes()
    {
        Assert.True(EdwardsScalar.IsCanonical(new byte[32]));
        Assert.False(EdwardsScalar.IsCanonical([.. Enumerable.Repeat((byte)0xff, 32)]));
    }

    private static BigInteger Number(byte[] bytes) => new(bytes, isUnsigned: true);

    private static byte[] Wide(BigInteger number)
    {
        var bytes = new byte[64];
        Assert.True((number.Sign < 0 ? BigInteger.Zero : number).TryWriteBytes(bytes, out _, isUnsigned: true));
        return bytes;
    }
}
