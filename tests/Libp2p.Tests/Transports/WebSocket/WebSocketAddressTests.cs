using Libp2p.Transports.WebSocket;

namespace Libp2p.Tests.Transports.WebSocket;

public class WebSocketAddressTests
{
    const string Peer = "/p2p/12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN";

    [Theory]
    [InlineData("/ip4/192.0.2.1/tcp/1234/ws", "/ip4/192.0.2.1/tcp/1234", "192.0.2.1:1234", "/", "/ip4/9.9.9.9/tcp/1/ws")]
    [InlineData("/ip4/192.0.2.1/ws", "/ip4/192.0.2.1/tcp/80", "192.0.2.1", "/", "/ip4/9.9.9.9/tcp/1/ws")]
    [InlineData("/ip6/2001:db8::1/tcp/1234/ws" + Peer, "/ip6/2001:db8::1/tcp/1234", "[2001:db8::1]:1234", "/", "/ip4/9.9.9.9/tcp/1/ws")]
    [InlineData("/ip6zone/eth0/ip6/fe80::1/tcp/1/ws", "/ip6zone/eth0/ip6/fe80::1/tcp/1", "[fe80::1]:1", "/", "/ip4/9.9.9.9/tcp/1/ws")]
    [InlineData("/dns4/a.example/tcp/80/ws", "/dns4/a.example/tcp/80", "a.example", "/", "/ip4/9.9.9.9/tcp/1/ws")]
    [InlineData("/ip4/192.0.2.1/wss", "/ip4/192.0.2.1/tcp/443", "192.0.2.1", "/", "/ip4/9.9.9.9/tcp/1/tls/ws")]
    [InlineData("/ip4/192.0.2.1/tcp/1234/tls/ws", "/ip4/192.0.2.1/tcp/1234", "192.0.2.1:1234", "/", "/ip4/9.9.9.9/tcp/1/tls/ws")]
    [InlineData("/ip4/192.0.2.1/tcp/443/tls/sni/a.example/ws", "/ip4/192.0.2.1/tcp/443", "a.example", "/", "/ip4/9.9.9.9/tcp/1/tls/sni/a.example/ws")]
    [InlineData("/dns/a.example/wss/http-path/path%2Fto%2Fx%20y" + Peer, "/dns/a.example/tcp/443", "a.example", "/path/to/x%20y", "/ip4/9.9.9.9/tcp/1/tls/sni/a.example/ws/http-path/path%2Fto%2Fx%20y")]
    [InlineData("/dns/a.example/ws/http-path/%2Fa%0D%0AX%3A%20y", "/dns/a.example/tcp/80", "a.example", "/a%0D%0AX%3A%20y", "/ip4/9.9.9.9/tcp/1/ws/http-path/%2Fa%0D%0AX%3A%20y")]
    public void Says_where_and_how(string text, string carrier, string host, string path, string over)
    {
        Assert.True(WebSocketAddress.TryRead(Multiaddress.Parse(text), out var address));
        Assert.Equal(carrier, address.Carrier.ToString());
        Assert.Equal(host, address.HostHeader());
        Assert.Equal(path, address.Path);
        Assert.Equal(over, address.Over(Multiaddress.Parse("/ip4/9.9.9.9/tcp/1")).ToString());
    }

    [Theory]
    [InlineData("/ip4/192.0.2.1/tcp/1234/ws", "a.example", "a.example:1234")]
    [InlineData("/ip6/2001:db8::1/ws", "a.example", "a.example")]
    [InlineData("/ip4/192.0.2.1/tcp/443/tls/sni/b.example/ws", "a.example", "b.example")]
    [InlineData("/ip4/192.0.2.1/tcp/80/ws", "a\r\nX: y", "192.0.2.1")]
    [InlineData("/ip4/192.0.2.1/tcp/80/ws", "", "192.0.2.1")]
    public void A_name_that_gave_the_address_is_the_host_where_it_can_be(string text, string name, string host)
    {
        Assert.True(WebSocketAddress.TryRead(Multiaddress.Parse(text), out var address));
        Assert.Equal(host, address.HostHeader(name));
    }

    [Theory]
    [InlineData("/ip4/192.0.2.1/tcp/1")]
    [InlineData("/ip4/192.0.2.1/udp/1/ws")]
    [InlineData("/ip4/192.0.2.1/tcp/1/ws/ws")]
    [InlineData("/ip4/192.0.2.1/tcp/1/tls")]
    [InlineData("/ip4/192.0.2.1/tcp/1/tls/wss")]
    [InlineData("/ip4/192.0.2.1/tcp/1/tls/http")]
    [InlineData("/ip4/192.0.2.1/tcp/1/ws/tls")]
    [InlineData("/ip4/192.0.2.1/tcp/1/ws" + Peer + "/p2p-circuit")]
    [InlineData("/dnsaddr/a.example/ws")]
    [InlineData("/dns4/a b.example/ws")]
    [InlineData("/ip4/192.0.2.1/tls/sni/a%0db/ws")]
    [InlineData("/ws")]
    [InlineData("/memory/1/ws")]
    public void Leaves_others_alone(string text) => Assert.False(WebSocketAddress.TryRead(Multiaddress.Parse(text), out _));
}
