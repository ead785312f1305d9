using System.CommandLine;
using System.Net;
using Libp2p;
using Tincan.Commands;

namespace Tincan.Tests.Commands;

public sealed class ListenOptionsTests
{
    private const string Ws = "--listen /ip4/127.0.0.1/tcp/0/ws";
    private const string TlsWs = "--listen /ip4/127.0.0.1/tcp/0/tls/ws";

    [Fact]
    public void Reads_what_an_operator_says()
    {
        var settings = Read($"{TlsWs} --listen /ip4/127.0.0.1/tcp/0 --announce /dns4/a.example/tcp/443/tls/ws --append-announce /ip6/2001:db8::1/tcp/4001 "
            + "--append-announce /dnsaddr/a.example --certificate c.pem --certificate-key k.pem --trust-proxy 10.0.0.0/8 --trust-proxy 192.0.2.1 --trust-proxy fd00::/8");
        Assert.Equal(["/ip4/127.0.0.1/tcp/0/tls/ws", "/ip4/127.0.0.1/tcp/0"], settings.Listen.Select(a => a.ToString()));
        Assert.Equal(["/dns4/a.example/tcp/443/tls/ws"], settings.Announce.Select(a => a.ToString()));
        Assert.Equal(["/ip6/2001:db8::1/tcp/4001", "/dnsaddr/a.example"], settings.AppendAnnounce.Select(a => a.ToString()));
        Assert.Equal(("c.pem", "k.pem", true), (settings.Certificate, settings.CertificateKey, settings.IsSecure));
        Assert.Equal([IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("192.0.2.1/32"), IPNetwork.Parse("fd00::/8")], settings.TrustedProxies);
    }

    [Fact]
    public void Says_nothing_by_itself()
    {
        var settings = Read("");
        Assert.Contains("/ip4/0.0.0.0/tcp/0", settings.Listen.Select(a => a.ToString()));
        Assert.Empty(settings.Announced);
        Assert.Empty(settings.TrustedProxies);
        Assert.Null(settings.Certificate);
    }

    [Theory]
    [InlineData("--announce nonsense", "nonsense")]
    [InlineData("--announce /ip4/0.0.0.0/tcp/4001", "0.0.0.0")]
    [InlineData("--announce /ip6/::/tcp/4001", "::")]
    [InlineData("--append-announce /ip4/192.0.2.1/tcp/0", "port 0")]
    [InlineData("--append-announce /dns4/a.example/tcp/0/ws " + Ws, "port 0")]
    [InlineData("--announce /ip4/192.0.2.1/udp/4001/quic-v1", "nobody can dial")]
    [InlineData("--announce /ip4/192.0.2.1", "nobody can dial")]
    [InlineData("--announce /ip4/192.0.2.1/tcp/1/tcp/2", "nobody can dial")]
    [InlineData("--announce /ip6zone/eth0/ip6/fe80::1/tcp/1/ws " + Ws, "zone")]
    [InlineData("--announce /p2p/12D3KooWARsEthao1ZzUhHuvWuj6hLnqT6Q3juN9HxuAL1invptC", "nobody can dial")]
    [InlineData("--announce /dns4/a.example/tcp/443/tls/ws", "no --listen address is a WebSocket")]
    [InlineData("--certificate c.pem", "TLS")]
    [InlineData("--certificate c.pem " + Ws, "TLS")]
    [InlineData("--certificate-key k.pem " + TlsWs, "--certificate too")]
    [InlineData("--trust-proxy 10.0.0.0/8", "no --listen address is a WebSocket")]
    [InlineData("--trust-proxy 10.0.0.1/8 " + Ws, "10.0.0.0/8")]
    [InlineData("--trust-proxy 10.0.0.0/33 " + Ws, "/33")]
    [InlineData("--trust-proxy ::/0 " + Ws, "everybody")]
    [InlineData("--trust-proxy all " + Ws, "no IP address")]
    [InlineData("--trust-proxy nginx " + Ws, "no IP address")]
    [InlineData("--trust-proxy /ip4/10.0.0.1 " + Ws, "no IP address")]
    [InlineData("--swarm-key k " + Ws, "bare TCP")]
    [InlineData("--swarm-key k --announce /dns4/a.example/tcp/1/tls/ws", "bare TCP")]
    public void Refuses_what_makes_no_sense(string arguments, string named)
    {
        var e = Assert.Throws<CommandException>(() => Read(arguments));
        Assert.Equal(ExitCodes.Usage, e.ExitCode);
        Assert.Contains(named, $"{e.What}; {e.NextStep}", StringComparison.Ordinal);
        Assert.NotEmpty(e.NextStep);
    }

    [Fact]
    public void An_announced_address_leads_to_this_node_alone()
    {
        using var identity = Identity.Generate();
        using var other = Identity.Generate();
        var settings = Read($"--announce /ip4/192.0.2.1/tcp/1/p2p/{identity.PeerId} --append-announce /dnsaddr/a.example/p2p/{identity.PeerId}");
        settings.Apply(Libp2pNode.CreateBuilder(), identity.PeerId);
        var e = Assert.Throws<CommandException>(() => settings.Apply(Libp2pNode.CreateBuilder(), other.PeerId));
        Assert.Contains(other.PeerId.ToString(), e.What, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Usage, e.ExitCode);
    }

    private static ListenSettings Read(string arguments)
    {
        var options = new ListenOptions();
        var command = new RootCommand();
        foreach (var option in options.All)
            command.Options.Add(option);
        var result = command.Parse(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Empty(result.Errors);
        return options.Read(result);
    }
}
