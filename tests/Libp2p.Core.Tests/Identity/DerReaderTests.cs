namespace Libp2p.Tests.Identities;

public class DerReaderTests
{
    [Theory]
    [InlineData("020100", "00")]
    [InlineData("02017f", "7f")]
    [InlineData("02020080", "80")]
    [InlineData("02020100", "0100")]
    public void Unsigned_integers_are_read_without_their_sign(string der, string magnitude)
    {
        var reader = new DerReader(Convert.FromHexString(der));
        Assert.True(reader.TryReadUnsigned(out var read));
        Assert.Equal(magnitude, Convert.ToHexStringLower(read));
        Assert.True(reader.AtEnd);
    }

    [Theory]
    [InlineData("0200", "no content")]
    [InlineData("0202007f", "a zero too many")]
    [InlineData("02020000", "zero in two bytes")]
    [InlineData("020180", "negative")]
    [InlineData("0201", "cut")]
    [InlineData("02", "cut before the length")]
    [InlineData("", "nothing")]
    [InlineData("030101", "another tag")]
    [InlineData("02810101", "a short length in the long form")]
    [InlineData("0282000101", "a length with a zero before it")]
    [InlineData("02800101", "an indefinite length")]
    [InlineData("0283000001" + "01", "a length in three bytes")]
    [InlineData("0284ffffffff", "a length of 2^32-1")]
    public void What_is_not_DER_is_refused(string der, string what) =>
        Assert.False(new DerReader(Convert.FromHexString(der)).TryReadUnsigned(out _), what);

    [Theory]
    [InlineData(0x7f, "7f")]
    [InlineData(0x80, "8180")]
    [InlineData(0xff, "81ff")]
    [InlineData(0x100, "820100")]
    [InlineData(0xffff, "82ffff")]
    public void Lengths_are_read_in_their_shortest_form(int length, string encoded)
    {
        byte[] der = [0x30, .. Convert.FromHexString(encoded), .. new byte[length], 0x05];
        var reader = new DerReader(der);
        Assert.False(reader.IsNext(DerReader.OctetString));
        Assert.True(reader.IsNext(DerReader.Sequence));
        Assert.True(reader.TryRead(DerReader.Sequence, out var content));
        Assert.Equal(length, content.Length);
        Assert.False(reader.AtEnd);
        Assert.False(new DerReader(der.AsSpan(0, der.Length - 2)).TryRead(DerReader.Sequence, out _));
    }

    [Fact]
    public void A_value_is_given_as_it_is_encoded()
    {
        var reader = new DerReader([0x30, 0x03, 0x02, 0x01, 0x05, 0x04, 0x00]);
        Assert.False(reader.TryReadEncoded(DerReader.OctetString, out var encoded));
        Assert.True(encoded.IsEmpty);
        Assert.True(reader.TryReadEncoded(DerReader.Sequence, out encoded));
        Assert.Equal([0x30, 0x03, 0x02, 0x01, 0x05], encoded.ToArray());
        Assert.True(reader.TryReadEncoded(DerReader.OctetString, out encoded));
        Assert.Equal([0x04, 0x00], encoded.ToArray());
        Assert.False(reader.TryReadEncoded(DerReader.Sequence, out _));
    }
}
