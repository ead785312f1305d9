using Libp2p.Testing;
using System.Buffers;
using Libp2p.Tests.Support;

namespace Libp2p.Tests.Multiformats;

public class VarintTests
{
    [Theory]
    [InlineData(0, "00")]
    [InlineData(1, "01")]
    [InlineData(127, "7f")]
    [InlineData(128, "8001")]
    [InlineData(255, "ff01")]
    [InlineData(300, "ac02")]
    [InlineData(16383, "ff7f")]
    [InlineData(16384, "808001")]
    [InlineData(long.MaxValue, "ffffffffffffffff7f")]
    public void Values_have_their_bytes(long value, string hex)
    {
        var bytes = Convert.FromHexString(hex);
        var written = new byte[Varint.MaxLength];
        Assert.Equal(bytes.Length, Varint.Write(written, (ulong)value));
        Assert.Equal(bytes, written[..bytes.Length]);
        Assert.Equal(bytes.Length, Varint.Length((ulong)value));

        Assert.Equal(VarintResult.Ok, Varint.TryRead(bytes, out var read, out var length));
        Assert.Equal((ulong)value, read);
        Assert.Equal(bytes.Length, length);

        var writer = new ArrayBufferWriter<byte>();
        Assert.Equal(bytes.Length, Varint.Write(writer, (ulong)value));
        Assert.Equal(bytes, writer.WrittenSpan);
    }

    [Theory]
    [InlineData("", VarintResult.Incomplete)]
    [InlineData("80", VarintResult.Incomplete)]
    [InlineData("ffffffffffffffff", VarintResult.Incomplete)]
    [InlineData("ffffffffffffffffff", VarintResult.Overflow)]
    [InlineData("ffffffffffffffffff01", VarintResult.Overflow)]
    [InlineData("8080808080808080808000", VarintResult.Overflow)]
    [InlineData("8000", VarintResult.NotMinimal)]
    [InlineData("ff00", VarintResult.NotMinimal)]
    [InlineData("808080808080808000", VarintResult.NotMinimal)]
    public void Bad_input_is_a_value(string hex, VarintResult expected)
    {
        var bytes = Convert.FromHexString(hex);
        Assert.Equal(expected, Varint.TryRead(bytes, out var value, out var length));
        Assert.Equal(0UL, value);
        Assert.Equal(0, length);
        Assert.Equal(expected, Varint.TryRead(Sequences.Split(bytes, 1), out _, out _));
    }

    [Fact]
    public void Numbers_read_alike_from_a_span_and_from_any_cut_of_a_sequence()
    {
        var random = TestRandom.Create();
        for (var round = 0; round < 2000; round++)
        {
            var value = (ulong)random.NextInt64() >> random.Next(63);
            var bytes = new byte[Varint.Length(value) + random.Next(3)];
            random.NextBytes(bytes);
            var written = Varint.Write(bytes, value);
            var sequence = Sequences.Split(bytes, 1 + random.Next(4));
            Assert.Equal(VarintResult.Ok, Varint.TryRead(sequence, out var read, out var length));
            Assert.Equal(value, read);
            Assert.Equal(written, length);
        }
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Varint.Length(Varint.MaxValue + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Varint.Write(new byte[16], ulong.MaxValue));
        Assert.Throws<ArgumentException>(() => Varint.Write(new byte[1], 128));
    }
}
