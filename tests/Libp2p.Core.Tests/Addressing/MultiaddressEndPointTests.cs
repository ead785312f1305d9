using System.Net;

namespace Libp2p.Tests.Addressing;

public class MultiaddressEndPointTests
{
    [Theory]
    [InlineData("/ip4/1.2.3.4/tcp/4001", "1.2.3.4:4001")]
    [InlineData("/ip4/1.2.3.4/udp/65535/quic-v1", "1.2.3.4:65535")]
    [InlineData("/ip6/2001:db8::1/tcp/0/ws", "[2001:db8::1]:0")]
    [InlineData("/ip6zone/7/ip6/fe80::1/udp/1", "[fe80::1%7]:1")]
    public void An_address_of_ip_has_an_endpoint(string text, string expected)
    {
        Assert.True(Multiaddress.Parse(text).TryGetEndPoint(out var endPoint));
        Assert.Equal(expected, endPoint.ToString());
    }

    [Theory]
    [InlineData("/ip4/1.2.3.4")]
    [InlineData("/ip4/1.2.3.4/sctp/1")]
    [InlineData("/ip6zone/7/ip6/fe80::1")]
    [InlineData("/ip6zone/no-such-interface/ip6/fe80::1/tcp/1")]
    [InlineData("/ip6zone/x]:1/ip6/fe80::1/tcp/1")]
    [InlineData("/dns4/example.com/tcp/1")]
    [InlineData("/tcp/1")]
    [InlineData("/memory/1")]
    [InlineData("/ws/ip4/1.2.3.4/tcp/1")]
    public void Others_have_none(string text)
    {
        Assert.False(Multiaddress.Parse(text).TryGetEndPoint(out var endPoint));
        Assert.Null(endPoint);
    }

    [Theory]
    [InlineData("1.2.3.4:80", "/ip4/1.2.3.4/tcp/80")]
    [InlineData("[::ffff:1.2.3.4]:80", "/ip4/1.2.3.4/tcp/80")]
    [InlineData("[2001:db8::1]:0", "/ip6/2001:db8::1/tcp/0")]
    [InlineData("[fe80::1%7]:1", "/ip6zone/7/ip6/fe80::1/tcp/1")]
    public void An_endpoint_has_an_address(string endPoint, string expected) =>
        Assert.Equal(expected, Multiaddress.FromEndPoint(IPEndPoint.Parse(endPoint), MultiaddressProtocols.Tcp).ToString());

    [Fact]
    public void Only_tcp_and_udp_have_endpoints()
    {
        Assert.Equal("/ip4/1.2.3.4/udp/9", Multiaddress.FromEndPoint(new(IPAddress.Parse("1.2.3.4"), 9), MultiaddressProtocols.Udp).ToString());
        Assert.Throws<ArgumentException>(() => Multiaddress.FromEndPoint(new(IPAddress.Loopback, 9), MultiaddressProtocols.Sctp));
    }
}
