using System.Net;
using Libp2p.Transports.WebSocket;

namespace Libp2p.Tests.Transports.WebSocket;

public class ForwardedReaderTests
{
    [Theory]
    [InlineData("198.51.100.7", "/ip4/198.51.100.7/tcp/0")]
    [InlineData("198.51.100.7:4711", "/ip4/198.51.100.7/tcp/4711")]
    [InlineData("2001:db8::7", "/ip6/2001:db8::7/tcp/0")]
    [InlineData("[2001:db8::7]:4711", "/ip6/2001:db8::7/tcp/4711")]
    [InlineData("::ffff:198.51.100.7", "/ip4/198.51.100.7/tcp/0")]
    // What the client wrote itself stands before what the proxy added.
    [InlineData("203.0.113.1, 198.51.100.7", "/ip4/198.51.100.7/tcp/0")]
    [InlineData("203.0.113.1, 198.51.100.7, 10.1.2.3", "/ip4/198.51.100.7/tcp/0")]
    // A proxy of the same operator, asked from within.
    [InlineData("10.1.2.3", "/ip4/10.1.2.3/tcp/0")]
    [InlineData("198.51.100.7, unknown", "/ip4/10.0.0.1/tcp/1")]
    [InlineData("fe80::1%eth0", "/ip4/10.0.0.1/tcp/1")]
    [InlineData("", "/ip4/10.0.0.1/tcp/1")]
    public void The_last_hop_that_is_no_trusted_proxy_counts(string header, string expected) =>
        Assert.Equal(expected, Read(ForwardedHeader.XForwardedFor, "/ip4/10.0.0.1/tcp/1", new("/", "h", "k", header, "for=192.0.2.1")));

    [Theory]
    [InlineData("for=198.51.100.7;proto=https, for=\"[2001:db8::7]:4711\"", "/ip6/2001:db8::7/tcp/4711")]
    [InlineData("proto=https; For=198.51.100.7, for=10.9.9.9", "/ip4/198.51.100.7/tcp/0")]
    [InlineData("for=_hidden", "/ip4/10.0.0.1/tcp/1")]
    [InlineData("by=198.51.100.7", "/ip4/10.0.0.1/tcp/1")]
    public void The_header_of_RFC_7239_counts_where_it_is_chosen(string header, string expected) =>
        Assert.Equal(expected, Read(ForwardedHeader.Forwarded, "/ip4/10.0.0.1/tcp/1", new("/", "h", "k", "192.0.2.1", header)));

    [Fact]
    public void Nobody_else_is_believed() =>
        Assert.Equal("/ip4/192.0.2.66/tcp/1", Read(ForwardedHeader.XForwardedFor, "/ip4/192.0.2.66/tcp/1", new("/", "h", "k", "198.51.100.7", null)));

    static string Read(ForwardedHeader header, string carrier, HttpUpgradeRequest request) =>
        new ForwardedReader(header, [IPNetwork.Parse("10.0.0.0/8")]).Read(Multiaddress.Parse(carrier), request).ToString();
}
