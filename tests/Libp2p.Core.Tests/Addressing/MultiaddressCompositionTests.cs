namespace Libp2p.Tests.Addressing;

public class MultiaddressCompositionTests
{
    const string Relay = "QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC";
    const string Peer = "12D3KooWCryG7Mon9orvQxcS1rYZjotPgpwoJNHHKcLLfE4Hf5mV";

    [Fact]
    public void Encapsulating_puts_behind() =>
        Assert.Equal("/ip4/127.0.0.1/tcp/80/ws", Multiaddress.Parse("/ip4/127.0.0.1").Encapsulate(Multiaddress.Parse("/tcp/80/ws")).ToString());

    [Fact]
    public void Nothing_goes_behind_a_path_or_beyond_the_bounds()
    {
        Assert.Throws<ArgumentException>(() => Multiaddress.Parse("/unix/a").Encapsulate(Multiaddress.Parse("/ws")));
        var half = Multiaddress.Parse(string.Concat(Enumerable.Repeat("/ws", 20)));
        Assert.Throws<ArgumentException>(() => half.Encapsulate(half));
    }

    [Theory]
    [InlineData("/ip4/1.2.3.4/tcp/1234/ws", "/ws", "/ip4/1.2.3.4/tcp/1234")]
    [InlineData("/ip4/1.2.3.4/tcp/1234/ws", "/tcp/1234", "/ip4/1.2.3.4")]
    [InlineData("/ip4/1.2.3.4/tcp/1234/ws", "/tcp/1234/ws", "/ip4/1.2.3.4")]
    [InlineData("/ip4/1.2.3.4/tcp/1234/ws", "/tcp/1235", "/ip4/1.2.3.4/tcp/1234/ws")]
    [InlineData("/ip4/1.2.3.4/tcp/1234/ws", "/ip4/1.2.3.4", null)]
    [InlineData("/tcp/1/ws/tcp/1/ws", "/tcp/1", "/tcp/1/ws")]
    [InlineData("/ws", "/ws/ws", "/ws")]
    [InlineData("/ip6zone/x/ip6/fe80::1/tcp/1", "/ip6/fe80::1", null)]
    [InlineData("/ws/ip6zone/x/ip6/fe80::1/tcp/1", "/ip6/fe80::1", "/ws")]
    [InlineData("/ip4/6.0.80.4/tcp/1", "/tcp/80", "/ip4/6.0.80.4/tcp/1")]
    public void Decapsulating_cuts_before_the_last_place(string address, string inner, string? left) =>
        Assert.Equal(left, Multiaddress.Parse(address).Decapsulate(Multiaddress.Parse(inner))?.ToString());

    [Fact]
    public void Decapsulating_a_protocol_cuts_before_its_last_part()
    {
        var address = Multiaddress.Parse("/ip4/1.2.3.4/tcp/1/ws/tcp/2/tls");
        Assert.Equal("/ip4/1.2.3.4/tcp/1/ws", address.Decapsulate(MultiaddressProtocols.Tcp)?.ToString());
        Assert.Null(address.Decapsulate(MultiaddressProtocols.Ip4));
        Assert.Same(address, address.Decapsulate(MultiaddressProtocols.Quic));
        Assert.True(address.Contains(MultiaddressProtocols.Tls));
        Assert.False(address.Contains(MultiaddressProtocols.Quic));
    }

    [Theory]
    [InlineData("/ip4/1.2.3.4/tcp/1", null)]
    [InlineData("/ip4/1.2.3.4/tcp/1/p2p/" + Peer, Peer)]
    [InlineData("/ip4/1.2.3.4/tcp/1/p2p/" + Relay + "/p2p-circuit", null)]
    [InlineData("/ip4/1.2.3.4/tcp/1/p2p/" + Relay + "/p2p-circuit/p2p/" + Peer, Peer)]
    [InlineData("/p2p/" + Relay + "/p2p-circuit/webrtc/p2p/" + Peer, Peer)]
    [InlineData("/p2p/" + Peer + "/tcp/1", Peer)]
    public void The_peer_is_the_one_that_the_address_leads_to(string address, string? peer)
    {
        Assert.Equal(peer is not null, Multiaddress.Parse(address).TryGetPeerIdBytes(out var multihash));
        Assert.Equal(peer ?? "", Base58.Encode(multihash.Span));
    }

    [Theory]
    [InlineData("/ip4/1.2.3.4/tcp/1", "/ip4/1.2.3.4/tcp/1")]
    [InlineData("/ip4/1.2.3.4/tcp/1/p2p/" + Peer, "/ip4/1.2.3.4/tcp/1")]
    [InlineData("/p2p/" + Relay + "/p2p-circuit", "/p2p/" + Relay + "/p2p-circuit")]
    [InlineData("/p2p/" + Relay + "/p2p-circuit/p2p/" + Peer, "/p2p/" + Relay + "/p2p-circuit")]
    [InlineData("/p2p/" + Peer, null)]
    public void The_peer_at_the_end_comes_off(string address, string? left) =>
        Assert.Equal(left, Multiaddress.Parse(address).WithoutPeerId()?.ToString());
}
