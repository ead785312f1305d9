using System.Net;
using System.Net.Sockets;
using Libp2p.Names;

namespace Libp2p.Tests.Names;

/// <summary>What the machine itself says of names.</summary>
public sealed class SystemNamesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("libp2p-names-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_list_of_hosts_is_read()
    {
        var hosts = HostsFile.Parse("""
            # a comment
            127.0.0.1	localhost
            192.0.2.1  a.example A2 # trailing
            2001:db8::1 a.example
            not-an-address b.example
            192.0.2.3
            """);
        Assert.Equal([IPAddress.Parse("192.0.2.1"), IPAddress.Parse("2001:db8::1")], hosts.Find("A.EXAMPLE"));
        Assert.Equal([IPAddress.Parse("192.0.2.1")], hosts.Find("a2"));
        Assert.Empty(hosts.Find("b.example"));
        Assert.Empty(hosts.Find("#"));
    }

    [Fact]
    public void Servers_and_search_domains_are_read()
    {
        var file = ResolverFile.Parse("""
            ; comment
            nameserver 192.0.2.53
            nameserver 2001:db8::53
            nameserver none
            nameserver 192.0.2.54
            nameserver 192.0.2.55
            search one.example two.example 3 4 5 6 7
            options timeout:1 ndots:40 edns0
            """);
        Assert.Equal(["192.0.2.53:53", "[2001:db8::53]:53", "192.0.2.54:53"], file.Servers.Select(s => s.ToString()));
        Assert.Equal(["one.example", "two.example", "3", "4", "5", "6"], file.SearchDomains);
        Assert.Equal(15, file.Dots);
        Assert.Equal((0, 0, 1), (ResolverFile.Parse("").Servers.Count, ResolverFile.Parse("").SearchDomains.Count, ResolverFile.Parse("").Dots));
    }

    [Theory]
    [InlineData("db", "db.one,db.two,db")]
    [InlineData("db.apps", "db.apps.one,db.apps.two,db.apps")]
    [InlineData("db.apps.example", "db.apps.example")]
    [InlineData("db.", "db.")]
    public void A_short_name_is_searched_for(string name, string expected) =>
        Assert.Equal(expected.Split(','), new ResolverFile([], ["one", "two"], 2).Candidates(name).Select(c => c.Name));

    [Fact]
    public async Task An_address_has_no_address_of_the_other_family()
    {
        using var resolver = new DnsResolver(Options("", ""));
        await Assert.ThrowsAsync<Libp2pException>(async () => await resolver.ResolveHostAsync("192.0.2.7", AddressFamily.InterNetworkV6, default));
    }

    [Fact]
    public void A_file_is_read_anew_when_it_has_changed()
    {
        var options = Options("192.0.2.1 a.example", "nameserver 192.0.2.53");
        var system = new SystemNames(options);
        Assert.Single(system.FindHost("a.example"));
        File.WriteAllText(options.HostsFile, "192.0.2.2 bb.example");
        File.WriteAllText(options.ResolverFile, "nameserver 192.0.2.154");
        Assert.Empty(system.FindHost("a.example"));
        Assert.Single(system.FindHost("bb.example"));
        Assert.Equal("192.0.2.154:53", Assert.Single(system.Resolver().Servers).ToString());
        File.Delete(options.HostsFile);
        Assert.Empty(system.FindHost("bb.example"));
    }

    [Fact]
    public void There_is_always_someone_to_ask() =>
        Assert.NotEmpty(new SystemNames(new() { HostsFile = "", ResolverFile = Path.Combine(_folder, "none") }).Resolver().Servers);

    [Theory]
    [InlineData("localhost", AddressFamily.Unspecified, "::1", "127.0.0.1")]
    [InlineData("a.localhost.", AddressFamily.InterNetwork, "127.0.0.1")]
    [InlineData("listed.example", AddressFamily.Unspecified, "10.1.2.3")]
    [InlineData("192.0.2.7", AddressFamily.Unspecified, "192.0.2.7")]
    public async Task What_the_machine_knows_is_asked_of_nobody(string name, AddressFamily family, params string[] expected)
    {
        await using var server = new ScriptedServer();
        var options = Options("10.1.2.3 listed.example", "");
        options.Servers.Add(server.EndPoint);
        using var resolver = new DnsResolver(options);
        var host = await resolver.ResolveHostAsync(name, family, default);
        Assert.Equal(expected.Select(IPAddress.Parse), host.Addresses);
        Assert.True(host.IsLocal);
        Assert.Empty(server.Questions);
    }

    private NameOptions Options(string hosts, string resolver)
    {
        var options = new NameOptions { HostsFile = Path.Combine(_folder, "hosts"), ResolverFile = Path.Combine(_folder, "resolv.conf") };
        File.WriteAllText(options.HostsFile, hosts);
        File.WriteAllText(options.ResolverFile, resolver);
        return options;
    }
}
