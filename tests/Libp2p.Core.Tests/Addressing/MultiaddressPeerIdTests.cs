namespace Libp2p.Tests.Addressing;

public class MultiaddressPeerIdTests
{
    const string Peer = "12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA";
    const string Relay = "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N";

    [Theory]
    [InlineData("/ip4/1.2.3.4/tcp/1", null)]
    [InlineData("/ip4/1.2.3.4/tcp/1/p2p/" + Peer, Peer)]
    [InlineData("/ip4/1.2.3.4/tcp/1/ipfs/" + Relay, Relay)]
    [InlineData("/ip4/1.2.3.4/tcp/1/p2p/" + Relay + "/p2p-circuit", null)]
    [InlineData("/ip4/1.2.3.4/tcp/1/p2p/" + Relay + "/p2p-circuit/p2p/" + Peer, Peer)]
    public void The_peer_is_the_one_that_the_address_leads_to(string address, string? peer) =>
        Assert.Equal(peer, Multiaddress.Parse(address).PeerId?.ToString());

    [Theory]
    [InlineData("/ip4/1.2.3.4/tcp/1", "/ip4/1.2.3.4/tcp/1/p2p/" + Peer)]
    [InlineData("/ip4/1.2.3.4/tcp/1/p2p/" + Peer, "/ip4/1.2.3.4/tcp/1/p2p/" + Peer)]
    [InlineData("/p2p/" + Relay + "/p2p-circuit", "/p2p/" + Relay + "/p2p-circuit/p2p/" + Peer)]
    public void The_peer_is_put_at_the_end_once(string address, string expected)
    {
        var with = Multiaddress.Parse(address).WithPeerId(PeerId.Parse(Peer));
        Assert.Equal(expected, with.ToString());
        Assert.Same(with, with.WithPeerId(PeerId.Parse(Peer)));
    }

    [Fact]
    public void An_address_of_another_peer_is_not_changed() =>
        Assert.Throws<ArgumentException>(() => Multiaddress.Parse("/ip4/1.2.3.4/tcp/1/p2p/" + Relay).WithPeerId(PeerId.Parse(Peer)));

    [Fact]
    public void Both_texts_of_a_peer_are_one_address()
    {
        var peer = PeerId.Parse(Peer);
        Assert.Equal(Multiaddress.Parse($"/p2p/{peer}"), Multiaddress.Parse($"/p2p/{peer:C}"));
        Assert.False(Multiaddress.TryDecode([0xa5, 0x03, 45, 0, 43, .. new byte[43]], out _, out var error));
        Assert.Contains("must be hashed", error);
    }
}
