using System.Text;

namespace Libp2p.Tests.Multiformats;

public class Base58Tests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("00", "1")]
    [InlineData("0000", "11")]
    [InlineData("39", "z")]
    [InlineData("003a", "121")]
    [InlineData("0000287fb4cd", "11233QC4")]
    [InlineData("00eb15231dfceb60925886b67d065299925915aeb172c06647", "1NS17iag9jJgTHD1VXjvLCEnZuQ3rJDE9L")]
    public void Bytes_have_their_text(string hex, string text)
    {
        Assert.Equal(text, Base58.Encode(Convert.FromHexString(hex)));
        Assert.True(Base58.TryDecode(text, out var bytes));
        Assert.Equal(hex, Convert.ToHexStringLower(bytes));
    }

    [Fact]
    public void Text_is_written_as_the_draft_shows()
    {
        Assert.Equal("2NEpo7TZRRrLZSi2U", Base58.Encode(Encoding.ASCII.GetBytes("Hello World!")));
        Assert.Equal(
            "USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z",
            Base58.Encode(Encoding.ASCII.GetBytes("The quick brown fox jumps over the lazy dog.")));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("O")]
    [InlineData("I")]
    [InlineData("l")]
    [InlineData("2NEpo7TZRRrLZSi2U ")]
    [InlineData("2NEpo7T\u00e9RrLZSi2U")]
    public void Other_characters_are_refused(string text) => Assert.False(Base58.TryDecode(text, out _));

    [Fact]
    public void Length_is_bounded()
    {
        Assert.True(Base58.TryDecode(new string('1', Base58.MaxBytes), out var zeros));
        Assert.Equal(Base58.MaxBytes, zeros.Length);
        Assert.False(Base58.TryDecode(new string('1', Base58.MaxBytes + 1), out _));
        Assert.False(Base58.TryDecode(new string('z', 1_000_000), out _));
        Assert.Throws<ArgumentException>(() => Base58.Encode(new byte[Base58.MaxBytes + 1]));
    }
}
