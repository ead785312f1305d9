using System.Net;

namespace Libp2p.Tests.Addressing;

public class AddressKeyTests
{
    [Theory]
    [InlineData("/ip4/203.0.113.7/tcp/1", "/ip4/203.0.113.7/udp/2/quic-v1", true)]
    [InlineData("/ip4/203.0.113.7/tcp/1", "/ip4/203.0.113.8/tcp/1", false)]
    [InlineData("/ip4/203.0.113.7/tcp/1", "/ip6/::ffff:203.0.113.7/tcp/1", true)]
    [InlineData("/ip6/2001:db8:1:2::1/tcp/1", "/ip6/2001:db8:1:ff:ffff::9/tcp/2", true)]
    [InlineData("/ip6/2001:db8:1:2::1/tcp/1", "/ip6/2001:db8:1:100::1/tcp/1", false)]
    [InlineData("/ip4/0.0.0.1/tcp/1", "/ip6/0:0:0:100::/tcp/1", false)]
    public void Two_count_as_one_where_one_customer_has_both(string one, string other, bool areOne) =>
        Assert.Equal(areOne, AddressKey.Of(Multiaddress.Parse(one)) == AddressKey.Of(Multiaddress.Parse(other)));

    [Theory]
    [InlineData("/ip4/127.0.0.1/tcp/1")]
    [InlineData("/ip6/::1/tcp/1")]
    [InlineData("/ip6/::ffff:127.0.0.1/tcp/1")]
    [InlineData("/memory/7")]
    [InlineData("/ip4/203.0.113.7")]
    [InlineData("/dns/example.com/tcp/1")]
    public void Loopback_and_what_has_no_ip_address_count_as_none(string address) => Assert.Null(AddressKey.Of(Multiaddress.Parse(address)));

    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7")]
    [InlineData("2001:db8:1:2ff::9", "2001:db8:1:200::")]
    public void The_first_of_what_counts_as_one(string address, string first) =>
        Assert.Equal(IPAddress.Parse(first), AddressKey.Of(IPAddress.Parse(address))!.Value.First);
}
