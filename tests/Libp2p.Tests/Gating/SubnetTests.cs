using System.Net;
using Libp2p.Gating;

namespace Libp2p.Tests.Gating;

public class SubnetTests
{
    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1/32")]
    [InlineData("192.0.2.0/24", "192.0.2.0/24")]
    [InlineData("0.0.0.0/0", "0.0.0.0/0")]
    [InlineData("::/0", "::/0")]
    [InlineData("2001:db8::/32", "2001:db8::/32")]
    [InlineData("2001:db8::1", "2001:db8::1/128")]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1/32")]
    public void It_is_read_and_written(string text, string written)
    {
        Assert.True(Subnet.TryParse(text, out var subnet, out var error), error);
        Assert.Equal(written, subnet.ToString());
    }

    [Theory]
    [InlineData("", "no IP address")]
    [InlineData("1", "no IP address")]
    [InlineData("127.1", "no IP address")]
    [InlineData("0x7f.0.0.1", "no IP address")]
    [InlineData("010.0.0.1", "no IP address")]
    [InlineData("[::1]", "no IP address")]
    [InlineData("fe80::1%eth0", "no IP address")]
    [InlineData("example.com", "no IP address")]
    [InlineData("10.0.0.0/", "0 to 32")]
    [InlineData("10.0.0.0/33", "0 to 32")]
    [InlineData("10.0.0.0/-1", "0 to 32")]
    [InlineData("10.0.0.0/8/8", "0 to 32")]
    [InlineData("::/129", "0 to 128")]
    [InlineData("::ffff:10.0.0.0/104", "/104")]
    [InlineData("10.1.2.3/8", "write 10.0.0.0/8")]
    [InlineData("2001:db8::1/32", "write 2001:db8::/32")]
    public void What_is_none_is_refused_with_the_reason(string text, string reason)
    {
        Assert.False(Subnet.TryParse(text, out _, out var error));
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Wider_ones_hold_what_the_framework_says_they_hold()
    {
        var random = new Random(1);
        Span<byte> bytes = stackalloc byte[16];
        for (var i = 0; i < 2_000; i++)
        {
            random.NextBytes(bytes);
            var address = new IPAddress(i % 2 == 0 ? bytes : bytes[..4]);
            var subnet = Subnet.Of(address).Widen(random.Next((i % 2 == 0 ? 128 : 32) + 1));
            var network = IPNetwork.Parse(subnet.ToString());
            Assert.True(network.Contains(address));
            Assert.Equal(network.PrefixLength, subnet.Length);
        }
    }
}
