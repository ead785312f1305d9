using Libp2p.Testing;

namespace Libp2p.Tests.Crypto;

public sealed class EdwardsArithmeticTests
{
    [Fact]
    public void Scalars_select_by_digit() => SelectsByDigit<EdwardsPoint, EdwardsPoint.Prepared>();

    [Fact]
    public void Vectors_select_by_digit()
    {
        Assert.SkipUnless(EdwardsVector.IsSupported, "the machine has no AVX2");
        SelectsByDigit<EdwardsVector, EdwardsVector.Multiple>();
    }

    /// <summary>Scalars whose digits are all at their limits, of which some must carry through.</summary>
    [Theory]
    [InlineData(0x00)]
    [InlineData(0x11)]
    [InlineData(0x77)]
    [InlineData(0x78)]
    [InlineData(0x87)]
    [InlineData(0x88)]
    [InlineData(0xff)]
    public void Both_multiply_the_base_point_alike(byte value)
    {
        Assert.SkipUnless(EdwardsVector.IsSupported, "the machine has no AVX2");
        byte[] scalar = [.. Enumerable.Repeat(value, 31), (byte)(value & 0x7f)];
        byte[] plain = new byte[32], vector = new byte[32];
        EdwardsGeneratorTable<EdwardsPoint, EdwardsPoint.Prepared>.Multiply(scalar, plain);
        EdwardsGeneratorTable<EdwardsVector, EdwardsVector.Multiple>.Multiply(scalar, vector);
        Assert.Equal(plain, vector);
        EdwardsGeneratorTable<EdwardsPoint, EdwardsPoint.Prepared>.MultiplyMontgomery(scalar, plain);
        EdwardsGeneratorTable<EdwardsVector, EdwardsVector.Multiple>.MultiplyMontgomery(scalar, vector);
        Assert.Equal(plain, vector);
    }

    [Fact]
    public void Points_add_with_vectors_as_without()
    {
        Assert.SkipUnless(EdwardsVector.IsSupported, "the machine has no AVX2");
        var random = TestRandom.Create();
        var plain = EdwardsPoint.Generator;
        EdwardsVector.From(plain, out var vector);
        byte[] expected = new byte[32], actual = new byte[32];
        for (var i = 0; i < 300; i++)
        {
            var other = plain.Double(random.Next(4));
            EdwardsVector.From(other, out var otherVector);
            EdwardsVector.Prepare(otherVector, out var multiple);
            switch (random.Next(3))
            {
                case 0:
                    EdwardsVector.Double(ref vector);
                    plain = plain.Double();
                    break;
                case 1:
                    EdwardsVector.Add(ref vector, multiple);
                    plain += other.Prepare();
                    break;
                default:
                    EdwardsVector.Subtract(ref vector, multiple);
                    plain -= other.Prepare();
                    break;
            }
            plain.Encode(expected);
            vector.Encode(actual);
            Assert.Equal(expected, actual);
        }
    }

    private static void SelectsByDigit<TPoint, TMultiple>()
        where TPoint : unmanaged, IEdwardsArithmetic<TPoint, TMultiple>
        where TMultiple : unmanaged
    {
        var multiples = new TMultiple[8];
        var point = EdwardsPoint.Generator;
        for (var i = 0; i < multiples.Length; i++)
        {
            TPoint.From(point, out var converted);
            TPoint.Prepare(converted, out multiples[i]);
            point += EdwardsPoint.Generator.Prepare();
        }
        byte[] expected = new byte[32], actual = new byte[32];
        for (var digit = -8; digit <= 8; digit++)
        {
            TPoint.From(EdwardsPoint.Generator.Double(5), out var sum);
            var same = sum;
            TPoint.Select(multiples, digit, out var chosen);
            TPoint.Add(ref sum, chosen);
            sum.Encode(actual);
            if (digit > 0)
                TPoint.Add(ref same, multiples[digit - 1]);
            else if (digit < 0)
                TPoint.Subtract(ref same, multiples[-digit - 1]);
            same.Encode(expected);
            Assert.Equal(expected, actual);
        }
    }
}
