using System.Net;
using Libp2p.Swarm;
using Libp2p.Testing;

namespace Libp2p.Tests.Swarm;

/// <summary>What strangers may make a node do before they have proven who they are.</summary>
public sealed class InboundAdmissionTests
{
    readonly ManualTimeProvider _time = new();
    readonly UpgradeOptions _options = new();

    [Theory]
    [InlineData("/ip4/192.0.2.1/tcp/{0}", "/ip4/192.0.2.2/tcp/1")]
    [InlineData("/ip6/2001:db8:0:1{0:x2}::1/tcp/1", "/ip6/2001:db8:0:200::1/tcp/1")]
    public void An_address_may_come_sixteen_times_at_once_and_then_every_five_seconds(string of, string another)
    {
        var admission = new InboundAdmission(_options, _time);
        for (var i = 1; i <= 16; i++)
            Assert.NotNull(admission.TryEnter(Number(of, i)));
        Assert.Null(admission.TryEnter(Number(of, 17)));
        Assert.NotNull(admission.TryEnter(Multiaddress.Parse(another)));
        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Null(admission.TryEnter(Number(of, 18)));
        _time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.NotNull(admission.TryEnter(Number(of, 19)));
        Assert.Null(admission.TryEnter(Number(of, 20)));
    }

    [Fact]
    public void Of_one_address_eight_places_are_taken_and_the_oldest_makes_room()
    {
        var admission = new InboundAdmission(_options, _time);
        var other = admission.TryEnter(Of(2))!;
        var places = Enumerable.Range(0, 9).Select(_ => admission.TryEnter(Of(1))!).ToList();
        Assert.Equal(9, admission.Count);
        Assert.Equal([true, .. Enumerable.Repeat(false, 8)], places.Select(p => p.WasEvicted && p.Token.IsCancellationRequested));
        Assert.False(other.WasEvicted);
        places[4].Dispose();
        Assert.False(admission.TryEnter(Of(1))!.WasEvicted || places[1].WasEvicted);
    }

    [Fact]
    public void Of_all_sixty_four_places_are_taken_and_the_oldest_makes_room_for_whoever_comes()
    {
        var admission = new InboundAdmission(_options, _time);
        var places = Enumerable.Range(0, 500).Select(i => admission.TryEnter(Of(i / 8))!).ToList();
        Assert.All(places, Assert.NotNull);
        Assert.Equal(64, admission.Count);
        Assert.Equal(places.Count - 64, places.TakeWhile(p => p.WasEvicted).Count());
        Assert.All(places.TakeLast(64), p => Assert.False(p.WasEvicted));
        foreach (var place in places)
            place.Dispose();
        Assert.Equal(0, admission.Count);
    }

    [Fact]
    public void A_place_is_held_for_fifteen_seconds_whatever_happens_on_it()
    {
        var place = new InboundAdmission(_options, _time).TryEnter(Of(1))!;
        _time.Advance(TimeSpan.FromSeconds(14.9));
        Assert.False(place.Token.IsCancellationRequested);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.True(place.Token.IsCancellationRequested && !place.WasEvicted);
    }

    [Theory]
    [InlineData("loopback")]
    [InlineData("a trusted proxy")]
    [InlineData("many people behind one address")]
    public void Some_are_bounded_by_all_places_alone(string who)
    {
        if (who == "a trusted proxy")
            _options.TrustedProxies.Add(IPNetwork.Parse("198.51.100.0/24"));
        _options.AllowManyPerAddress = who == "many people behind one address";
        var admission = new InboundAdmission(_options, _time);
        var address = who == "loopback" ? Multiaddress.Parse("/ip4/127.0.0.1/tcp/1") : Of(1);
        for (var i = 0; i < 64; i++)
            Assert.NotNull(admission.TryEnter(address));
        Assert.Equal(64, admission.Count);
    }

    [Fact]
    public void Whom_a_trusted_proxy_tells_counts_as_himself()
    {
        _options.TrustedProxies.Add(IPNetwork.Parse("203.0.113.1/32"));
        var admission = new InboundAdmission(_options, _time);
        var proxy = Multiaddress.Parse("/ip4/203.0.113.1/tcp/1");
        var places = new List<InboundAdmission.Place>();
        for (var i = 0; i < 16; i++)
        {
            places.Add(admission.TryEnter(proxy)!);
            Assert.True(admission.TryMove(places[^1], Of(1)));
        }
        Assert.Equal(8, places.Count(p => p.WasEvicted));
        var late = admission.TryEnter(proxy)!;
        Assert.False(admission.TryMove(late, Of(1)));
        Assert.True(admission.TryMove(late, Of(2)));
    }

    [Fact]
    public void Those_that_were_quiet_are_forgotten_and_a_flood_of_addresses_is_not_remembered_for_ever()
    {
        _options.AcceptBurst = 1;
        var admission = new InboundAdmission(_options, _time);
        for (var i = 0; i < 12_000; i++)
            admission.TryEnter(Of(i))?.Dispose();
        // Of those beyond the ten thousand that are remembered nobody knows how often they came; the places bound them.
        Assert.Null(admission.TryEnter(Of(0)));
        Assert.NotNull(admission.TryEnter(Of(11_000)));
        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.NotNull(admission.TryEnter(Of(11_000)));
        Assert.Null(admission.TryEnter(Of(11_000)));
    }

    [Fact]
    public void The_defaults_are_those_of_the_limits()
    {
        _options.Validate();
        Assert.Equal((15, 64, 8), (_options.InboundTimeout.TotalSeconds, _options.MaxInbound, _options.MaxInboundPerAddress));
        Assert.Equal((0.2, 16, 10), (_options.AcceptsPerSecond, _options.AcceptBurst, _options.StreamTimeout.TotalSeconds));
        Assert.False(_options.AllowManyPerAddress);
        Assert.Empty(_options.TrustedProxies);
    }

    static Multiaddress Of(int number) => Multiaddress.Parse($"/ip4/198.51.{100 + (number / 250)}.{1 + (number % 250)}/tcp/1");

    static Multiaddress Number(string format, int number) => Multiaddress.Parse(string.Format(System.Globalization.CultureInfo.InvariantCulture, format, number));
}
