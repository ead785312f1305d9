using Libp2p.Testing;
using Libp2p.Protocols.Identify;
using Libp2p.Tests.Support;

namespace Libp2p.Tests.Protocols.Identify;

public class ObservedAddressesTests
{
    static readonly Identity Someone = Identity.Generate();

    readonly ObservedAddresses _observed = new(new IdentifyOptions());
    readonly HashSet<Multiaddress> _believed = [];
    IReadOnlyList<Multiaddress> _listen = [Multiaddress.Parse("/ip4/0.0.0.0/tcp/4001")];
    TimeSpan _now;
    long _nextId;

    [Fact]
    public void An_address_is_believed_after_four_observers()
    {
        for (var i = 1; i <= 3; i++)
            Observe($"/ip4/9.9.9.{i}/tcp/1000");
        Assert.Empty(_believed);
        Observe("/ip4/9.9.9.4/tcp/1000");
        Assert.Equal(["/ip4/8.8.8.8/tcp/4001"], Believed);
    }

    [Fact]
    public void A_host_of_many_identities_is_one_observer()
    {
        for (var port = 1; port <= 20; port++)
            Observe($"/ip4/9.9.9.9/tcp/{port}");
        for (var i = 1; i <= 20; i++)
            Observe($"/ip4/9.9.9.10/udp/{i}/quic-v1", "/ip4/8.8.8.8/tcp/4001");
        Assert.Empty(_believed);
    }

    [Fact]
    public void A_network_of_ip6_is_one_observer()
    {
        _listen = [Multiaddress.Parse("/ip6/::/tcp/4001")];
        for (var i = 1; i <= 20; i++)
            Observe($"/ip6/2400:1:1:00{i:00}::{i}/tcp/1", "/ip6/2400:8::8/tcp/4001", "/ip6/2400:9::9/tcp/4001");
        Assert.Empty(_believed);
        for (var i = 2; i <= 4; i++)
            Observe($"/ip6/2400:1:{i}::/tcp/1", "/ip6/2400:8::8/tcp/4001", "/ip6/2400:9::9/tcp/4001");
        Assert.Equal(["/ip6/2400:8::8/tcp/4001"], Believed);
    }

    [Theory]
    [InlineData("/ip4/127.0.0.1/tcp/1", "/ip4/8.8.8.8/tcp/4001")]
    [InlineData("/ip4/10.0.0.1/tcp/1", "/ip4/8.8.8.8/tcp/4001")]
    [InlineData("/ip4/9.9.9.1/tcp/1", "/ip4/10.0.0.8/tcp/4001")]
    [InlineData("/ip4/127.0.0.1/tcp/1", "/ip4/127.0.0.1/tcp/4001")]
    [InlineData("/ip4/9.9.9.1/tcp/1", "/ip4/8.8.8.8/udp/4001")]
    [InlineData("/ip4/9.9.9.1/tcp/1", "/ip6/2400:8::8/tcp/4001")]
    [InlineData("/ip4/9.9.9.1/tcp/1", "/ip4/8.8.8.8/tcp/0")]
    [InlineData("/ip4/9.9.9.1/tcp/1", "/ip4/192.168.1.2/tcp/4001")]
    [InlineData("/ip4/9.9.9.1/tcp/1", "/dns4/example.org/tcp/4001")]
    [InlineData("/ip4/9.9.9.1/tcp/1", "/ip4/8.8.8.8")]
    [InlineData("/ip4/9.9.9.1/tcp/1/p2p-circuit", "/ip4/8.8.8.8/tcp/4001")]
    [InlineData("/ip4/9.9.9.1/tcp/1", "/ip4/8.8.8.8/tcp/4001/p2p-circuit")]
    [InlineData("/memory/1", "/ip4/8.8.8.8/tcp/4001")]
    public void What_cannot_be_seen_from_there_does_not_count(string observer, string outer)
    {
        for (var i = 1; i <= 3; i++)
            Observe($"/ip4/9.9.8.{i}/tcp/1", outer);
        Observe(observer, outer);
        Assert.Empty(_believed);
    }

    [Fact]
    public void An_outer_port_counts_only_where_the_inner_one_is_listened_on()
    {
        ObserveFromFour(local: "/ip4/192.168.1.2/tcp/50000");
        Assert.Empty(_believed);
        _listen = [Multiaddress.Parse("/ip4/192.168.1.3/tcp/4001")];
        ObserveFromFour(local: "/ip4/192.168.1.2/tcp/4001");
        Assert.Empty(_believed);
        _listen = [Multiaddress.Parse("/ip4/192.168.1.2/tcp/4001")];
        ObserveFromFour(local: "/ip4/192.168.1.2/tcp/4001");
        Assert.Equal(["/ip4/8.8.8.8/tcp/4001"], Believed);
    }

    [Fact]
    public void Inside_addresses_count_from_inside()
    {
        for (var i = 1; i <= 4; i++)
            Observe($"/ip4/10.0.0.{i}/tcp/1", "/ip4/10.0.0.99/tcp/4001", "/ip4/172.17.0.2/tcp/4001");
        Assert.Equal(["/ip4/10.0.0.99/tcp/4001"], Believed);
    }

    [Fact]
    public void What_is_seen_as_it_is_teaches_nothing()
    {
        ObserveFromFour(local: "/ip4/8.8.8.8/tcp/4001");
        Assert.Empty(_believed);
    }

    [Fact]
    public void Whatever_is_layered_on_the_port_is_confirmed_with_it()
    {
        _listen = [.. new[] { "/ip4/0.0.0.0/tcp/4001", "/ip4/0.0.0.0/tcp/4001/ws", "/ip4/0.0.0.0/tcp/4002", "/ip4/0.0.0.0/udp/4001/quic-v1" }.Select(a => Multiaddress.Parse(a))];
        ObserveFromFour("/ip4/8.8.8.8/tcp/777/ws");
        Assert.Equal(["/ip4/8.8.8.8/tcp/777", "/ip4/8.8.8.8/tcp/777/ws"], Believed);
    }

    [Fact]
    public void A_nat_that_gives_every_peer_another_port_is_never_believed()
    {
        for (var i = 1; i <= 100; i++)
            Observe($"/ip4/9.9.9.{i}/tcp/1", $"/ip4/8.8.8.8/tcp/{10_000 + i}");
        Assert.Empty(_believed);
    }

    [Fact]
    public void Three_outer_addresses_at_most_are_believed_of_one_that_is_listened_on()
    {
        for (var outer = 1; outer <= 5; outer++)
        {
            for (var i = 1; i <= 4 + outer; i++)
                Observe($"/ip4/9.9.{outer}.{i}/tcp/1", $"/ip4/8.8.8.{outer}/tcp/4001");
        }
        Assert.Equal(["/ip4/8.8.8.3/tcp/4001", "/ip4/8.8.8.4/tcp/4001", "/ip4/8.8.8.5/tcp/4001"], Believed);
    }

    [Fact]
    public void An_observer_has_one_voice_the_latest()
    {
        ObserveFromFour();
        Observe("/ip4/9.9.9.1/tcp/5", "/ip4/8.8.4.4/tcp/4001");
        Assert.Empty(_believed);
        Observe("/ip4/9.9.9.1/tcp/6");
        Assert.Equal(["/ip4/8.8.8.8/tcp/4001"], Believed);
    }

    [Fact]
    public void It_is_believed_while_connected_and_half_an_hour_longer()
    {
        ObserveFromFour();
        _now += TimeSpan.FromDays(1);
        Drain(() => _observed.Expire(_now));
        Assert.Single(_believed);

        Drain(() => _observed.End(1, _now));
        _now += TimeSpan.FromMinutes(30) - TimeSpan.FromTicks(1);
        Drain(() => _observed.Expire(_now));
        Assert.Single(_believed);
        _now += TimeSpan.FromTicks(1);
        Drain(() => _observed.Expire(_now));
        Assert.Empty(_believed);
    }

    [Fact]
    public void Connections_that_are_no_longer_open_are_ended()
    {
        ObserveFromFour();
        Drain(() => _observed.EndAllBut([], _now));
        _now += TimeSpan.FromMinutes(30);
        Drain(() => _observed.Expire(_now));
        Assert.Empty(_believed);
    }

    [Fact]
    public void Asking_again_over_a_connection_counts_once()
    {
        ObserveFromFour();
        for (var i = 0; i < 5; i++)
            Observe("/ip4/9.9.9.1/tcp/1", id: 1);
        Drain(() => _observed.End(1, _now));
        _now += TimeSpan.FromMinutes(30);
        Drain(() => _observed.Expire(_now));
        Assert.Empty(_believed);
    }

    [Fact]
    public void A_flood_of_observers_is_bounded_and_shuts_nobody_out_for_good()
    {
        for (var i = 0; i < 3 * ObservedAddresses.MaxVotes; i++)
        {
            Observe($"/ip4/{11 + (i >> 16)}.{(i >> 8) & 255}.{i & 255}.1/tcp/1", $"/ip4/8.8.8.8/tcp/{1 + i}");
            Drain(() => _observed.End(_nextId, _now));
            _now += TimeSpan.FromMilliseconds(1);
        }
        ObserveFromFour();
        Assert.Equal(["/ip4/8.8.8.8/tcp/4001"], Believed);
    }

    [Fact]
    public void Any_observation_is_safe()
    {
        var random = TestRandom.Create();
        string[] hosts = ["/ip4/9.9.9.1", "/ip4/10.0.0.1", "/ip6/2400:1::1", "/ip6/::1", "/dns4/a.b", "/memory/1", "/ip4/127.0.0.1"];
        string[] ports = ["", "/tcp/1", "/tcp/4001", "/udp/4001/quic-v1", "/tcp/4001/ws", "/tcp/0", "/tcp/4001/p2p-circuit"];
        string Any() => hosts[random.Next(hosts.Length)] + ports[random.Next(ports.Length)];
        for (var i = 0; i < 5000; i++)
        {
            Observe(Any(), Any(), Any(), random.Next(200));
            if (random.Next(3) == 0)
                Drain(() => _observed.End(random.Next(200), _now));
            _now += TimeSpan.FromSeconds(random.Next(60));
        }
        Drain(() => _observed.EndAllBut([], _now));
        _now += TimeSpan.FromHours(1);
        Drain(() => _observed.Expire(_now));
        Assert.Empty(_believed);
    }

    IEnumerable<string> Believed => _believed.Select(a => a.ToString()).Order(StringComparer.Ordinal);

    void ObserveFromFour(string outer = "/ip4/8.8.8.8/tcp/4001", string local = "/ip4/192.168.1.2/tcp/4001")
    {
        for (var i = 1; i <= 4; i++)
            Observe($"/ip4/9.9.9.{i}/tcp/1", outer, local);
    }

    void Observe(string observer, string outer = "/ip4/8.8.8.8/tcp/4001", string local = "/ip4/192.168.1.2/tcp/4001", long? id = null)
    {
        var connection = new ConnectionInfo
        {
            Id = id ?? ++_nextId,
            RemotePeer = Someone.PeerId,
            RemoteKey = Someone.PublicKey,
            Role = Role.Dialer,
            LocalAddress = Multiaddress.Parse(local),
            RemoteAddress = Multiaddress.Parse(observer),
            Security = "/noise",
            Muxer = "/yamux/1.0.0",
            OpenedAt = DateTimeOffset.UnixEpoch,
            HandshakeTime = TimeSpan.Zero,
        };
        Drain(() => _observed.Observe(connection, Multiaddress.Parse(outer), _listen, _now));
    }

    void Drain(Action act)
    {
        act();
        while (_observed.TryTake(out var change))
            Assert.True(change.IsConfirmed ? _believed.Add(change.Address) : _believed.Remove(change.Address));
    }
}
