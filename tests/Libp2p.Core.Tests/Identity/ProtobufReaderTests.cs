namespace Libp2p.Tests.Identities;

public class ProtobufReaderTests
{
    [Theory]
    [InlineData(0UL)]
    [InlineData(127UL)]
    [InlineData(128UL)]
    [InlineData(16383UL)]
    [InlineData(16384UL)]
    [InlineData(ulong.MaxValue >> 1)]
    [InlineData(ulong.MaxValue)]
    public void Varints_of_64_bits_survive(ulong value)
    {
        var bytes = new byte[10];
        var writer = new ProtobufWriter(bytes);
        writer.WriteVarint(value);
        Assert.Equal(ProtobufWriter.VarintLength(value), writer.Written);
        var reader = new ProtobufReader(bytes.AsSpan(0, writer.Written));
        Assert.True(reader.TryReadVarint(out var read));
        Assert.Equal(value, read);
        Assert.True(reader.AtEnd);
        Assert.False(new ProtobufReader(bytes.AsSpan(0, writer.Written - 1)).TryReadVarint(out _));
    }

    [Theory]
    [InlineData("ffffffffffffffffff02", "65 bits")]
    [InlineData("80808080808080808080" + "00", "eleven bytes")]
    [InlineData("80", "cut")]
    [InlineData("", "nothing")]
    public void A_varint_beyond_its_bounds_is_refused(string hex, string what) =>
        Assert.False(new ProtobufReader(Convert.FromHexString(hex)).TryReadVarint(out _), what);

    [Theory]
    [InlineData("00", "field 0")]
    [InlineData("8080808010", "field 2^29")]
    [InlineData("ffffffffffffffffff01", "a field of 61 bits")]
    public void A_tag_beyond_its_bounds_is_refused(string hex, string what) =>
        Assert.False(new ProtobufReader(Convert.FromHexString(hex)).TryReadTag(out _, out _), what);

    [Fact]
    public void The_largest_field_number_is_read()
    {
        var reader = new ProtobufReader(Convert.FromHexString("faffffff0f"));
        Assert.True(reader.TryReadTag(out var field, out var wireType));
        Assert.Equal((1 << 29) - 1, field);
        Assert.Equal(ProtobufReader.LengthDelimited, wireType);
    }

    [Theory]
    [InlineData(0, "9601", true)]
    [InlineData(1, "0102030405060708", true)]
    [InlineData(1, "01020304050607", false)]
    [InlineData(2, "03010203", true)]
    [InlineData(2, "030102", false)]
    [InlineData(2, "ffffffffffffffffff01", false)]
    [InlineData(3, "", false)]
    [InlineData(4, "", false)]
    [InlineData(5, "01020304", true)]
    [InlineData(5, "010203", false)]
    [InlineData(6, "01", false)]
    [InlineData(7, "01", false)]
    public void Unknown_fields_are_passed_over_whole(int wireType, string hex, bool passed)
    {
        var reader = new ProtobufReader(Convert.FromHexString(hex));
        Assert.Equal(passed, reader.TrySkip(wireType));
        Assert.True(!passed || reader.AtEnd);
    }
}
