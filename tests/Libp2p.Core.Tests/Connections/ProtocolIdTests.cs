using System.Text;

namespace Libp2p.Tests.Connections;

public class ProtocolIdTests
{
    [Fact]
    public void A_name_is_its_text_and_its_utf8()
    {
        ProtocolId protocol = "/chät/1.0.0";
        Assert.Equal("/chät/1.0.0", protocol.ToString());
        Assert.Equal("/chät/1.0.0", $"{protocol}");
        Assert.Equal(Encoding.UTF8.GetBytes("/chät/1.0.0"), protocol.Utf8.ToArray());
        Assert.False(protocol.IsEmpty);
        Assert.True(ProtocolId.TryDecode(protocol.Utf8.Span, out var decoded));
        Assert.True(protocol == decoded);
        Assert.Equal(protocol.GetHashCode(), decoded.GetHashCode());
        Assert.True(protocol != "/chat/1.0.0");
        Assert.Equal(protocol, ProtocolId.Parse("/chät/1.0.0"));
    }

    [Fact]
    public void The_default_one_prints_as_nothing()
    {
        Assert.True(default(ProtocolId).IsEmpty);
        Assert.Equal("", default(ProtocolId).ToString());
        Assert.True(default(ProtocolId).Utf8.IsEmpty);
        Assert.Equal(default, default(ProtocolId));
        Assert.NotEqual<ProtocolId>("/a", default);
    }

    [Theory]
    [InlineData("", "not empty")]
    [InlineData("/a\n", "line break")]
    [InlineData("/a\r/b", "line break")]
    public void What_is_no_name_is_refused(string text, string why)
    {
        Assert.Contains(why, Assert.Throws<FormatException>(() => new ProtocolId(text)).Message);
        Assert.False(ProtocolId.TryParse(text, null, out var protocol));
        Assert.True(protocol.IsEmpty);
    }

    [Fact]
    public void Half_a_surrogate_pair_is_refused() =>
        Assert.Contains("surrogate", Assert.Throws<FormatException>(() => new ProtocolId("/a\ud800")).Message);

    [Fact]
    public void Length_is_bounded_in_bytes_of_utf8()
    {
        Assert.Equal(ProtocolId.MaxLength, new ProtocolId(new string('a', ProtocolId.MaxLength)).Utf8.Length);
        Assert.Throws<FormatException>(() => new ProtocolId(new string('a', ProtocolId.MaxLength + 1)));
        Assert.Throws<FormatException>(() => new ProtocolId(new string('ä', (ProtocolId.MaxLength / 2) + 1)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("2f610a")]
    [InlineData("2f61ff")]
    [InlineData("2fc080")]
    [InlineData("2feda080")]
    public void Bad_bytes_are_refused(string hex) => Assert.False(ProtocolId.TryDecode(Convert.FromHexString(hex), out _));
}
