using Libp2p.Swarm;
using static Libp2p.Tests.Swarm.Peers;

namespace Libp2p.Tests.Swarm;

public class AddressRankingTests
{
    static readonly PeerId Relay = Id(9);

    static string[] Rank(params string[] addresses) =>
        [.. AddressRanking.Rank([.. addresses.Select(a => Address(a))], new DialOptions()).Select(r => $"{r.Delay.TotalMilliseconds} {r.Address}")];

    [Fact]
    public void One_address_starts_at_once() => Assert.Equal(["0 /ip4/8.8.4.4/tcp/1"], Rank("/ip4/8.8.4.4/tcp/1"));

    [Fact]
    public void None_is_none() => Assert.Empty(Rank());

    [Fact]
    public void IPv6_comes_before_IPv4_and_both_in_turn() => Assert.Equal(
        ["0 /ip6/2600::1/tcp/1", "250 /ip4/8.8.4.4/tcp/1", "500 /ip6/2600::1/tcp/2", "500 /ip4/8.8.4.4/tcp/2", "500 /ip4/8.8.4.4/tcp/3"],
        Rank("/ip4/8.8.4.4/tcp/1", "/ip4/8.8.4.4/tcp/2", "/ip4/8.8.4.4/tcp/3", "/ip6/2600::1/tcp/1", "/ip6/2600::1/tcp/2"));

    [Fact]
    public void Quic_comes_before_tcp_and_web_transport_after_quic() => Assert.Equal(
        [
            "0 /ip4/8.8.4.4/udp/1/quic-v1",
            "250 /ip4/8.8.4.4/udp/2/quic",
            "500 /ip4/8.8.4.4/udp/1/quic-v1/webtransport",
            "750 /ip6/2600::1/tcp/1",
            "1000 /ip4/8.8.4.4/tcp/1",
            "1250 /dns4/example.com/tcp/443/wss",
        ],
        Rank(
            "/dns4/example.com/tcp/443/wss",
            "/ip4/8.8.4.4/tcp/1",
            "/ip6/2600::1/tcp/1",
            "/ip4/8.8.4.4/udp/1/quic-v1/webtransport",
            "/ip4/8.8.4.4/udp/2/quic",
            "/ip4/8.8.4.4/udp/1/quic-v1"));

    [Fact]
    public void WebRtc_waits_a_second_after_the_last_of_the_others() => Assert.Equal(
        ["0 /ip4/8.8.4.4/udp/1/quic-v1", "250 /ip4/8.8.4.4/tcp/1", "1250 /ip4/8.8.4.4/udp/2/webrtc-direct"],
        Rank("/ip4/8.8.4.4/udp/2/webrtc-direct", "/ip4/8.8.4.4/tcp/1", "/ip4/8.8.4.4/udp/1/quic-v1"));

    [Fact]
    public void WebRtc_alone_starts_at_once() =>
        Assert.Equal(["0 /ip4/8.8.4.4/udp/2/webrtc-direct"], Rank("/ip4/8.8.4.4/udp/2/webrtc-direct"));

    [Fact]
    public void Local_addresses_lead_and_follow_each_other_faster() => Assert.Equal(
        ["0 /ip6/::1/tcp/1", "30 /ip4/192.168.1.7/tcp/1", "30 /ip4/8.8.4.4/tcp/1", "60 /ip4/10.0.0.7/tcp/1", "280 /ip4/8.8.4.4/tcp/2"],
        Rank("/ip4/8.8.4.4/tcp/1", "/ip4/8.8.4.4/tcp/2", "/ip4/192.168.1.7/tcp/1", "/ip4/10.0.0.7/tcp/1", "/ip6/::1/tcp/1"));

    [Fact]
    public void Relayed_addresses_come_half_a_second_after_the_last_direct_one() => Assert.Equal(
        ["0 /ip6/2600::1/tcp/1", "250 /ip4/8.8.4.4/tcp/1", $"750 /ip4/8.8.8.8/udp/1/quic-v1/p2p/{Relay}/p2p-circuit", $"1000 /ip4/8.8.8.8/tcp/1/p2p/{Relay}/p2p-circuit"],
        Rank(
            $"/ip4/8.8.8.8/tcp/1/p2p/{Relay}/p2p-circuit",
            $"/ip4/8.8.8.8/udp/1/quic-v1/p2p/{Relay}/p2p-circuit",
            "/ip4/8.8.4.4/tcp/1",
            "/ip6/2600::1/tcp/1"));

    [Fact]
    public void Relayed_addresses_alone_start_at_once() => Assert.Equal(
        [$"0 /ip4/8.8.8.8/tcp/1/p2p/{Relay}/p2p-circuit"],
        Rank($"/ip4/8.8.8.8/tcp/1/p2p/{Relay}/p2p-circuit"));

    [Fact]
    public void Memory_starts_at_once() => Assert.Equal(["0 /memory/7"], Rank("/memory/7"));

    [Fact]
    public void Ranking_loses_and_invents_nothing()
    {
        var addresses = PublicMany(100).Concat([Address("/memory/1"), Address("/dns/example.com/tcp/1"), Address($"/p2p/{Relay}/p2p-circuit")]).ToList();
        var ranked = AddressRanking.Rank(addresses, new DialOptions());
        Assert.Equal(addresses.Select(a => a.ToString()).Order(), ranked.Select(r => r.Address.ToString()).Order());
        Assert.True(ranked.Zip(ranked.Skip(1)).All(p => p.First.Delay <= p.Second.Delay));
        Assert.True(ranked.Max(r => r.Delay) < TimeSpan.FromSeconds(3));
    }
}
