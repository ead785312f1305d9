using Libp2p.Testing;

namespace Libp2p.Tests.Addressing;

public sealed class AddressResolverTests
{
    private const string Peer = "12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN";
    private const string Other = "QmbLHAnMoJPWSCR5Zhtx6BHJX9KiKNN6tpvbUcqanj75Nb";

    private readonly ScriptedNames _names = new();
    private readonly ManualTimeProvider _time = new();

    [Theory]
    [InlineData("/ip4/1.2.3.4/tcp/1", false)]
    [InlineData("/memory/1", false)]
    [InlineData("/dns/a.example/tcp/1", true)]
    [InlineData("/dns4/a.example/tcp/1", true)]
    [InlineData("/dns6/a.example/tcp/1", true)]
    [InlineData("/dnsaddr/a.example", true)]
    [InlineData($"/dns4/a.example/tcp/1/p2p/{Peer}/p2p-circuit", false)]
    public void Names_need_resolving(string address, bool needs) => Assert.Equal(needs, AddressResolver.NeedsResolving(Multiaddress.Parse(address)));

    [Fact]
    public void The_defaults_are_those_of_the_limits()
    {
        var options = new AddressResolverOptions();
        Assert.Equal((4, 32, 100, 5), (options.MaxDepth, options.MaxLookups, options.MaxAddresses, options.Timeout.TotalSeconds));
    }

    [Fact]
    public async Task An_address_without_a_name_is_its_own_result()
    {
        var address = Multiaddress.Parse("/ip4/1.2.3.4/tcp/1");
        Assert.Equal(new(address, false), Assert.Single(await Resolver().ResolveAsync(address, default)));
        Assert.Empty(_names.Asked);
    }

    [Theory]
    [InlineData("/dns/a.example/tcp/1", "/ip6/2001:db8::1/tcp/1", "/ip4/192.0.2.1/tcp/1")]
    [InlineData("/dns4/a.example/tcp/1", "/ip4/192.0.2.1/tcp/1")]
    [InlineData("/dns6/a.example/udp/1/quic-v1", "/ip6/2001:db8::1/udp/1/quic-v1")]
    [InlineData($"/dns4/a.example/tcp/1/p2p/{Peer}", $"/ip4/192.0.2.1/tcp/1/p2p/{Peer}")]
    public async Task A_host_gives_its_addresses_in_place_of_its_name(string address, params string[] expected)
    {
        _names.Host("a.example", false, "2001:db8::1", "192.0.2.1");
        Assert.Equal(expected, await TextsAsync(address));
    }

    [Theory]
    [InlineData("/dns4/a.example/tcp/443/wss", "/ip4/192.0.2.1/tcp/443/tls/sni/a.example/ws")]
    [InlineData("/dns4/a.example/tcp/443/tls/ws/http-path/x", "/ip4/192.0.2.1/tcp/443/tls/sni/a.example/ws/http-path/x")]
    [InlineData("/dns4/a.example/tcp/443/tls/sni/b.example/ws", "/ip4/192.0.2.1/tcp/443/tls/sni/b.example/ws")]
    [InlineData("/dns4/a.example/tcp/80/ws", "/ip4/192.0.2.1/tcp/80/ws")]
    [InlineData("/dns4/192.0.2.9/tcp/443/wss", "/ip4/192.0.2.9/tcp/443/wss")]
    public async Task The_name_that_TLS_sends_stays_in_the_address(string address, string expected)
    {
        _names.Host("a.example", false, "192.0.2.1");
        Assert.Equal([expected], await TextsAsync(address));
    }

    [Fact]
    public async Task The_last_name_on_the_way_is_told()
    {
        _names.Links("top.example", "/dns4/host.example./tcp/80/ws", "/ip4/192.0.2.7/tcp/80/ws");
        _names.Host("host.example.", false, "192.0.2.1");
        var found = await new AddressResolver(_names).ResolveAsync(Multiaddress.Parse("/dnsaddr/top.example"), CancellationToken.None);
        Assert.Equal([("/ip4/192.0.2.7/tcp/80/ws", null), ("/ip4/192.0.2.1/tcp/80/ws", "host.example")], found.Select(f => ($"{f.Address}", f.HostName)));
    }

    [Fact]
    public async Task A_tree_of_links_is_walked_and_only_what_ends_as_asked_is_followed()
    {
        _names.Links("top.example", $"/dnsaddr/a.example/p2p/{Peer}", $"/dnsaddr/b.example/p2p/{Other}", $"/ip4/192.0.2.7/tcp/7/p2p/{Peer}", "no address", "/dnsaddr/unnamed.example");
        _names.Links("a.example", $"/dns4/host.example/tcp/1/p2p/{Peer}", $"/ip6/2001:db8::2/tcp/2/p2p/{Peer}", $"/ip4/192.0.2.8/tcp/8/p2p/{Other}");
        _names.Host("host.example", false, "192.0.2.1");
        _names.Links("b.example", $"/ip4/192.0.2.9/tcp/9/p2p/{Other}");

        Assert.Equal(
            [$"/ip4/192.0.2.7/tcp/7/p2p/{Peer}", $"/ip6/2001:db8::2/tcp/2/p2p/{Peer}", $"/ip4/192.0.2.1/tcp/1/p2p/{Peer}"],
            await TextsAsync($"/dnsaddr/top.example/p2p/{Peer}"));
        Assert.Equal(["_dnsaddr.top.example", "_dnsaddr.a.example", "host.example"], _names.Asked);
        Assert.Contains($"/ip4/192.0.2.9/tcp/9/p2p/{Other}", await TextsAsync("/dnsaddr/top.example"));
    }

    [Fact]
    public async Task A_loop_ends_and_what_was_found_counts()
    {
        _names.Links("a.example", "/dnsaddr/b.example", "/ip4/192.0.2.1/tcp/1");
        _names.Links("b.example", "/dnsaddr/a.example", "/dnsaddr/b.example", "/ip4/192.0.2.2/tcp/2");
        Assert.Equal(["/ip4/192.0.2.1/tcp/1", "/ip4/192.0.2.2/tcp/2"], await TextsAsync("/dnsaddr/a.example"));
        Assert.Equal(2, _names.Asked.Count);
    }

    [Fact]
    public async Task Links_lead_one_to_the_next_so_often_and_no_further()
    {
        for (var i = 1; i <= 5; i++)
            _names.Links($"l{i}.example", $"/dnsaddr/l{i + 1}.example");
        _names.Links("l5.example", "/dns4/host.example/tcp/1");
        _names.Host("host.example", false, "192.0.2.1");

        Assert.Equal(["/ip4/192.0.2.1/tcp/1"], await TextsAsync("/dnsaddr/l2.example"));
        var failure = await FailAsync("/dnsaddr/l1.example");
        Assert.Equal(Libp2pError.LimitReached, failure.Error);
        Assert.DoesNotContain("_dnsaddr.l6.example", _names.Asked);
    }

    [Fact]
    public async Task A_fan_out_takes_so_many_look_ups_and_no_more()
    {
        _names.Links("wide.example", [.. Enumerable.Range(0, 200).Select(i => $"/dnsaddr/w{i}.example")]);
        for (var i = 0; i < 200; i++)
            _names.Links($"w{i}.example", $"/ip4/192.0.2.1/tcp/{i + 1}");
        Assert.Equal(31, (await TextsAsync("/dnsaddr/wide.example")).Length);
        Assert.Equal(32, _names.Asked.Count);
    }

    [Fact]
    public async Task So_many_addresses_come_of_one_and_no_more()
    {
        _names.Links("many.example", [.. Enumerable.Range(1, 500).Select(i => $"/ip4/192.0.2.1/tcp/{i}")]);
        Assert.Equal(100, (await TextsAsync("/dnsaddr/many.example")).Length);
    }

    [Fact]
    public async Task When_the_time_is_over_what_was_found_counts()
    {
        _names.Links("slow.example", "/dns4/dead.example/tcp/1", "/ip4/192.0.2.1/tcp/1");
        _names.Silence("dead.example");
        var resolving = Resolver().ResolveAsync(Multiaddress.Parse("/dnsaddr/slow.example"), default).AsTask();
        while (!_names.Asked.Contains("dead.example"))
            await Task.Yield();
        Assert.False(resolving.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("/ip4/192.0.2.1/tcp/1", Assert.Single(await resolving).Address.ToString());
    }

    [Fact]
    public async Task When_the_time_is_over_and_nothing_was_found_it_says_so()
    {
        _names.Silence("dead.example");
        var resolving = FailAsync("/dns4/dead.example/tcp/1");
        while (_names.Asked.IsEmpty)
            await Task.Yield();
        _time.Advance(TimeSpan.FromSeconds(5));
        var failure = await resolving;
        Assert.Equal(Libp2pError.Timeout, failure.Error);
        Assert.Contains("dead.example did not resolve within 5 s", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_caller_that_gives_up_is_told_so_by_its_own_token()
    {
        _names.Silence("dead.example");
        using var cancellation = new CancellationTokenSource();
        var resolving = Resolver().ResolveAsync(Multiaddress.Parse("/dns4/dead.example/tcp/1"), cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        Assert.Equal(cancellation.Token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => resolving)).CancellationToken);
    }

    [Fact]
    public async Task A_name_that_does_not_exist_is_said_by_who_looked_it_up() =>
        Assert.Equal("there is no none.example", (await FailAsync("/dns4/none.example/tcp/1")).Message);

    [Fact]
    public async Task Links_that_lead_nowhere_are_said()
    {
        _names.Links("a.example", $"/ip4/192.0.2.1/tcp/1/p2p/{Other}");
        var failure = await FailAsync($"/dnsaddr/a.example/p2p/{Peer}");
        Assert.Equal(Libp2pError.Unreachable, failure.Error);
        Assert.Contains("/dnsaddr/a.example", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/dns4/public.example/tcp/1", true)]
    [InlineData("/dns4/lan/tcp/1", false)]
    [InlineData("/dns4/127.0.0.1/tcp/1", false)]
    [InlineData("/dnsaddr/public.example", true)] // though it leads to a name of the machine's own
    [InlineData("/dnsaddr/boot.internal", false)]
    public async Task It_is_known_whether_a_stranger_chose_the_address(string address, bool byStranger)
    {
        _names.Host("public.example", false, "192.0.2.1").Host("lan", true, "10.0.0.1");
        _names.Links("public.example", "/dns4/lan/tcp/1").Links("boot.internal", "/ip4/10.0.0.2/tcp/2");
        Assert.Equal(byStranger, Assert.Single(await Resolver().ResolveAsync(Multiaddress.Parse(address), default)).FromPublicName);
    }

    [Fact]
    public void Bounds_are_checked()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new AddressResolver(_names, new() { MaxDepth = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AddressResolver(_names, new() { MaxLookups = 1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AddressResolver(_names, new() { MaxAddresses = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AddressResolver(_names, new() { Timeout = TimeSpan.Zero }));
    }

    private AddressResolver Resolver() => new(_names, timeProvider: _time);

    private async Task<string[]> TextsAsync(string address) =>
        [.. (await Resolver().ResolveAsync(Multiaddress.Parse(address), default)).Select(a => a.Address.ToString())];

    private async Task<Libp2pException> FailAsync(string address) =>
        await Assert.ThrowsAsync<Libp2pException>(async () => await Resolver().ResolveAsync(Multiaddress.Parse(address), default));
}
