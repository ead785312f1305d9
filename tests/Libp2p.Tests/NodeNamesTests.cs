using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Libp2p.Testing;
using Libp2p.Tests.Support;

namespace Libp2p.Tests;

/// <summary>Names given to a node.</summary>
public sealed class NodeNamesTests
{
    [Theory]
    [InlineData("dns")]
    [InlineData("dns4")]
    public async Task A_node_dials_a_name(string protocol)
    {
        await using var server = await Builder().Listen("/ip4/127.0.0.1/tcp/0").StartAsync();
        await using var client = await Builder().StartAsync();
        var port = server.ListenAddresses[0].Parts[1].Value;
        var connection = await client.ConnectAsync(Multiaddress.Parse($"/{protocol}/localhost/tcp/{port}/p2p/{server.Identity.PeerId}"), TestNodes.Patience);
        Assert.Equal($"/ip4/127.0.0.1/tcp/{port}", connection.RemoteAddress.ToString());
    }

    [Theory]
    [InlineData("/dns4/chat.example/tcp/{0}/ws")]
    [InlineData("/dnsaddr/example")]
    public async Task A_web_server_that_serves_several_names_hears_which_is_meant(string address)
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var port = ((IPEndPoint)server.LocalEndpoint).Port;
        var names = new ScriptedNames().Host("chat.example", true, "127.0.0.1").Links("example", $"/dns4/chat.example/tcp/{port}/ws");
        await using var client = await Builder().UseWebSocket().UseNameResolver(names).Configure(o => o.Dial.AllowPrivateByName = true).StartAsync();
        var dialing = client.ConnectAsync(Multiaddress.Parse(string.Format(CultureInfo.InvariantCulture, address, port)), TestNodes.Patience);
        using (var accepted = await server.AcceptTcpClientAsync(TestNodes.Patience))
        {
            using var reader = new StreamReader(accepted.GetStream());
            Assert.Equal("GET / HTTP/1.1", await reader.ReadLineAsync(TestNodes.Patience));
            Assert.Equal($"Host: chat.example:{port}", await reader.ReadLineAsync(TestNodes.Patience));
        }
        await Assert.ThrowsAsync<DialException>(async () => await dialing);
    }

    [Fact]
    public async Task A_node_listens_on_a_name()
    {
        await using var node = await Builder().Listen("/dns4/localhost/tcp/0").StartAsync();
        Assert.StartsWith("/ip4/127.0.0.1/tcp/", Assert.Single(node.ListenAddresses).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_name_to_listen_on_the_first_address_of_this_machine_is_taken()
    {
        var names = new ScriptedNames().Host("me.example", false, "192.0.2.1", "127.0.0.1");
        await using var node = await Builder().UseNameResolver(names).Listen("/dns4/me.example/tcp/0").StartAsync();
        Assert.StartsWith("/ip4/127.0.0.1/tcp/", Assert.Single(node.ListenAddresses).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_to_listen_on_that_does_not_resolve_is_said()
    {
        var failure = await Assert.ThrowsAsync<Libp2pException>(
            () => Builder().UseNameResolver(new ScriptedNames()).Listen("/dns4/none.example/tcp/0").StartAsync(TestNodes.Patience));
        Assert.Equal((Libp2pError.ListenFailed, "Cannot listen on /dns4/none.example/tcp/0: there is no none.example"), (failure.Error, failure.Message));
    }

    private static NodeBuilder Builder() => Libp2pNode.CreateBuilder().UseTcp().UseNoise().UseYamux();
}
