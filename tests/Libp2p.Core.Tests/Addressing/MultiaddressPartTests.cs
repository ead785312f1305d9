namespace Libp2p.Tests.Addressing;

public class MultiaddressPartTests
{
    [Fact]
    public void Parts_are_made_and_joined()
    {
        var address = Multiaddress.FromParts(
            MultiaddressPart.Create(MultiaddressProtocols.Dns4, "example.com"),
            MultiaddressPart.Create(MultiaddressProtocols.Tcp, "443"),
            MultiaddressPart.Create(MultiaddressProtocols.Ws),
            MultiaddressPart.Create(MultiaddressProtocols.Unix, "/a/b"));
        Assert.Equal("/dns4/example.com/tcp/443/ws/unix/a/b", address.ToString());
        Assert.True(address.Parts[1] == MultiaddressPart.Create(MultiaddressProtocols.Tcp, "443"));
        Assert.True(address.Parts[1] != address.Parts[0]);
        Assert.Equal(address.Parts[1].GetHashCode(), MultiaddressPart.Create(MultiaddressProtocols.Tcp, "443").GetHashCode());
    }

    [Fact]
    public void A_value_that_is_none_is_refused()
    {
        Assert.Contains("'x' is not a port", Assert.Throws<ArgumentException>(() => MultiaddressPart.Create(MultiaddressProtocols.Tcp, "x")).Message);
        Assert.Contains("takes no value", Assert.Throws<ArgumentException>(() => MultiaddressPart.Create(MultiaddressProtocols.Ws, "x")).Message);
        Assert.Contains("is empty", Assert.Throws<ArgumentException>(() => MultiaddressPart.Create(MultiaddressProtocols.Dns)).Message);
        Assert.False(MultiaddressPart.TryCreate(MultiaddressProtocols.Dns, "a/b", out var part, out var error));
        Assert.Contains("slash", error);
        Assert.Equal("", part.ToString());
        Assert.Equal("", part.Value);
        Assert.True(part.Bytes.IsEmpty);
    }

    [Fact]
    public void Parts_that_break_a_rule_are_not_joined()
    {
        Assert.Throws<ArgumentException>(() => Multiaddress.FromParts());
        Assert.Throws<ArgumentException>(() => Multiaddress.FromParts(MultiaddressPart.Create(MultiaddressProtocols.Ip6Zone, "x")));
        Assert.Throws<ArgumentException>(() => Multiaddress.FromParts(
            MultiaddressPart.Create(MultiaddressProtocols.Unix, "/a"), MultiaddressPart.Create(MultiaddressProtocols.Ws)));
    }
}
