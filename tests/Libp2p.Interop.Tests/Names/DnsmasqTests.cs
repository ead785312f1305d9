using System.Net;
using System.Net.Sockets;
using Libp2p.Names;
using Libp2p.Testing;

namespace Libp2p.Interop.Tests.Names;

/// <summary>Names against a real dnsmasq.</summary>
public sealed class DnsmasqTests
{
    private static readonly TimeSpan Alive = TimeSpan.FromSeconds(60);

    private static readonly AddressResolverOptions Patient = new() { Timeout = TimeSpan.FromSeconds(14) };

    [Fact]
    public async Task A_tree_of_links_leads_to_a_node_and_to_a_private_address_only_where_allowed()
    {
        Dnsmasq.SkipWhereMissing();
        await using var server = await Builder(new()).Listen("/ip4/127.0.0.1/tcp/0").StartAsync();
        var (port, peer) = (server.ListenAddresses[0].Parts[1].Value, server.Identity.PeerId);
        await using var dns = await Dnsmasq.StartAsync(
            Dnsmasq.Links("tree.example", $"/dnsaddr/branch.example/p2p/{peer}"), Dnsmasq.Links("tree.example", "/dnsaddr/other.example/p2p/QmbLHAnMoJPWSCR5Zhtx6BHJX9KiKNN6tpvbUcqanj75Nb"),
            Dnsmasq.Links("branch.example", $"/dns4/alias.example/tcp/{port}/p2p/{peer}"), "--cname=alias.example,leaf.example", "--host-record=leaf.example,127.0.0.1",
            "--host-record=node.test,127.0.0.1,::1");
        var link = Multiaddress.Parse($"/dnsaddr/tree.example/p2p/{peer}");

        await using var careful = await Builder(OptionsFor(dns)).StartAsync();
        var failure = await Assert.ThrowsAsync<DialException>(() => careful.ConnectAsync(link).AsTask().WaitAsync(Alive));
        var refused = Assert.Single(failure.Attempts);
        Assert.Equal((Libp2pError.Refused, DialStage.NotTried, link), (refused.Error, refused.Stage, refused.ResolvedFrom!));
        Assert.Equal($"/ip4/127.0.0.1/tcp/{port}", refused.Address.ToString());
        Assert.Empty(server.Peers);

        // A name that nobody can register is the network's own, and may well be private.
        Assert.Equal(peer, (await careful.ConnectAsync(Multiaddress.Parse($"/dns/node.test/tcp/{port}/p2p/{peer}")).AsTask().WaitAsync(Alive)).RemotePeer);

        await using var trusting = await Builder(OptionsFor(dns)).Configure(o => o.Dial.AllowPrivateByName = true).StartAsync();
        Assert.Equal(peer, (await trusting.ConnectAsync(link).AsTask().WaitAsync(Alive)).RemotePeer);
    }

    [Fact]
    public async Task A_loop_and_a_fan_out_keep_within_their_bounds()
    {
        Dnsmasq.SkipWhereMissing();
        await using var dns = await Dnsmasq.StartAsync(
        [
            Dnsmasq.Links("a.example", "/dnsaddr/b.example"), Dnsmasq.Links("b.example", "/dnsaddr/a.example"), Dnsmasq.Links("b.example", "/ip4/8.8.4.4/tcp/1"),
            .. Enumerable.Range(0, 60).Select(i => Dnsmasq.Links("wide.example", $"/dnsaddr/w{i}.example")),
            .. Enumerable.Range(0, 60).Select(i => Dnsmasq.Links($"w{i}.example", $"/ip4/8.8.4.4/tcp/{i + 1}")),
            .. Enumerable.Range(1, 6).Select(i => Dnsmasq.Links($"deep{i}.example", $"/dnsaddr/deep{i + 1}.example")),
        ]);
        using var names = new DnsResolver(OptionsFor(dns));
        var resolver = new AddressResolver(names, Patient);
        Assert.Equal(["/ip4/8.8.4.4/tcp/1"], await ResolveAsync(resolver, "/dnsaddr/a.example"));
        Assert.Equal(31, (await ResolveAsync(resolver, "/dnsaddr/wide.example")).Length);
        var deep = await Assert.ThrowsAsync<Libp2pException>(() => ResolveAsync(resolver, "/dnsaddr/deep1.example"));
        Assert.Equal(Libp2pError.LimitReached, deep.Error);
    }

    [Fact]
    public async Task A_dead_server_is_passed_over()
    {
        Dnsmasq.SkipWhereMissing();
        await using var dns = await Dnsmasq.StartAsync("--host-record=host.example,192.0.2.1,2001:db8::1");
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var options = OptionsFor(dns);
        options.Servers.Insert(0, (IPEndPoint)silent.LocalEndPoint!);
        using var names = new DnsResolver(options);
        Assert.Equal(2, (await names.ResolveHostAsync("host.example", AddressFamily.Unspecified, default).AsTask().WaitAsync(Alive)).Addresses.Count);

        options.Servers.RemoveAt(1);
        (options.ServerTimeout, options.Rounds) = (TimeSpan.FromMilliseconds(200), 1);
        using var alone = new DnsResolver(options);
        var failure = await Assert.ThrowsAsync<Libp2pException>(() => alone.ResolveHostAsync("host.example", AddressFamily.InterNetwork, default).AsTask().WaitAsync(Alive));
        Assert.Contains("no answer within", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_does_not_fit_a_datagram_comes_over_TCP()
    {
        Dnsmasq.SkipWhereMissing();
        await using var dns = await Dnsmasq.StartAsync([.. Enumerable.Range(0, 80).Select(i => Dnsmasq.Links("big.example", $"/ip4/8.8.4.4/tcp/{i + 1}"))]);
        using var names = new DnsResolver(OptionsFor(dns));
        Assert.Equal(80, (await ResolveAsync(new AddressResolver(names, Patient), "/dnsaddr/big.example")).Length);
    }

    [Fact]
    public async Task An_answer_holds_for_the_time_that_the_server_says()
    {
        Dnsmasq.SkipWhereMissing();
        var time = new ManualTimeProvider();
        var options = new NameOptions { HostsFile = "", ResolverFile = "" };
        await using var first = await Dnsmasq.StartAsync("--host-record=host.example,192.0.2.1");
        options.Servers.Add(first.EndPoint);
        using var names = new DnsResolver(options, time);
        Assert.Equal("192.0.2.1", await AddressAsync(names));

        await using var second = await Dnsmasq.StartAsync("--host-record=host.example,192.0.2.2");
        options.Servers[0] = second.EndPoint;
        time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal("192.0.2.1", await AddressAsync(names));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("192.0.2.2", await AddressAsync(names));
    }

    [Fact]
    public async Task What_there_is_not_is_said()
    {
        Dnsmasq.SkipWhereMissing();
        await using var dns = await Dnsmasq.StartAsync("--host-record=four.example,192.0.2.1");
        using var names = new DnsResolver(OptionsFor(dns));
        var unknown = await Assert.ThrowsAsync<Libp2pException>(() => names.ResolveHostAsync("none.example", AddressFamily.Unspecified, default).AsTask().WaitAsync(Alive));
        Assert.Equal("there is no name none.example", unknown.Message);
        var empty = await Assert.ThrowsAsync<Libp2pException>(() => names.ResolveHostAsync("four.example", AddressFamily.InterNetworkV6, default).AsTask().WaitAsync(Alive));
        Assert.Equal("the name four.example has no IPv6 address", empty.Message);
    }

    private static async Task<string> AddressAsync(DnsResolver names) =>
        Assert.Single((await names.ResolveHostAsync("host.example", AddressFamily.InterNetwork, default).AsTask().WaitAsync(Alive)).Addresses).ToString();

    private static async Task<string[]> ResolveAsync(AddressResolver resolver, string address) =>
        [.. (await resolver.ResolveAsync(Multiaddress.Parse(address), default).AsTask().WaitAsync(Alive)).Select(a => a.Address.ToString())];

    private static NameOptions OptionsFor(Dnsmasq dns)
    {
        // A machine that is busy with other tests may take its time to answer.
        var options = new NameOptions { HostsFile = "", ResolverFile = "", Rounds = 5, ResolutionDelay = TimeSpan.FromSeconds(10) };
        options.Servers.Add(dns.EndPoint);
        return options;
    }

    private static NodeBuilder Builder(NameOptions names) => Libp2pNode.CreateBuilder().UseTcp().UseNoise().UseYamux().UseDns(names).Configure(o => o.Resolve.Timeout = Patient.Timeout);
}
