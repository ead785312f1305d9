using System.Net;
using Libp2p.Interop.Tests.Nodes;
using Libp2p.Interop.Tests.Peers;
using Libp2p.Tests.Transports.WebSocket;
using Libp2p.Transports.WebSocket;

namespace Libp2p.Interop.Tests;

/// <summary>A web server in front of our node (<c>interop/proxy</c>): it ends TLS, and tells where those come from whom it passes on.</summary>
public sealed class ProxyTests : IDisposable
{
    const string Client = "198.51.100.7";

    readonly TestCertificates _certificates = new();

    public ProxyTests() => _certificates.Write("localhost");

    static CancellationToken Patience => new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;

    [Fact]
    public async Task Peers_of_both_kinds_come_through_it_and_the_address_that_it_tells_is_theirs()
    {
        await using var ours = await StartAsync(trusted: true);
        await using var proxy = await ProxyProcess.StartAsync(ours.Address, _certificates, Client);
        await using var js = await JsPeer.StartAsync("--ca", _certificates.RootFile, "--reply", Encounters.Reply);
        await js.AskAsync("dial", new { addr = proxy.Address }, "dialed");
        var connection = (await ours.WaitForAsync<ConnectionOpened>(e => e.Connection.RemotePeer.ToString() == js.Peer, Patience)).Connection;
        Assert.Equal($"/ip4/{Client}/tcp/0/ws", connection.RemoteAddress.ToString());
        Assert.True((await js.AskAsync("echo", new { peer = ours.Peer, bytes = 300_000 }, "echo")).Flag("ok"));

        var options = new WebSocketOptions { TrustedRoots = { _certificates.Root } };
        await using var dialer = await Libp2pNode.CreateBuilder().UseTcp().UseWebSocket(options).UseNoise().UseYamux().AddPing().StartAsync();
        var dialed = await dialer.ConnectAsync(Multiaddress.Parse(proxy.Address), Patience);
        Assert.True(await dialer.PingAsync(dialed.RemotePeer, Patience) > TimeSpan.Zero);
        connection = (await ours.WaitForAsync<ConnectionOpened>(e => e.Connection.RemotePeer == dialer.Identity.PeerId, Patience)).Connection;
        Assert.Equal($"/ip4/{Client}/tcp/0/ws", connection.RemoteAddress.ToString());
        for (var i = 0; i < 2; i++)
            Assert.Equal($"localhost:{proxy.Port}", (await proxy.WaitForAsync("upgrade")).Text("host"));
    }

    [Fact]
    public async Task What_it_tells_counts_for_the_limits_of_an_address()
    {
        await using var ours = await StartAsync(trusted: true, burst: 1);
        await using var proxy = await ProxyProcess.StartAsync(ours.Address, _certificates, Client);
        await using var first = await JsPeer.StartAsync("--ca", _certificates.RootFile);
        await using var second = await JsPeer.StartAsync("--ca", _certificates.RootFile);
        await first.AskAsync("dial", new { addr = proxy.Address }, "dialed");
        await second.AskAsync("dial", new { addr = proxy.Address }, "dial-failed");
        Assert.DoesNotContain(ours.Node.Connections, c => c.RemotePeer.ToString() == second.Peer);

        // Somebody from elsewhere is let in all the same.
        await using var elsewhere = await ProxyProcess.StartAsync(ours.Address, _certificates, "198.51.100.8");
        await second.AskAsync("dial", new { addr = elsewhere.Address }, "dialed");
    }

    [Fact]
    public async Task What_nobody_trusts_tells_nothing()
    {
        await using var ours = await StartAsync(trusted: false);
        await using var proxy = await ProxyProcess.StartAsync(ours.Address, _certificates, Client);
        await using var js = await JsPeer.StartAsync("--ca", _certificates.RootFile);
        await js.AskAsync("dial", new { addr = proxy.Address }, "dialed");
        var connection = (await ours.WaitForAsync<ConnectionOpened>(e => e.Connection.RemotePeer.ToString() == js.Peer, Patience)).Connection;
        Assert.StartsWith("/ip4/127.0.0.1/tcp/", connection.RemoteAddress.ToString(), StringComparison.Ordinal);
    }

    public void Dispose() => _certificates.Dispose();

    static Task<OurNode> StartAsync(bool trusted, int burst = 16) => OurNode.StartAsync(
        builder => builder.Configure(o =>
        {
            (o.Upgrade.AcceptBurst, o.Upgrade.AcceptsPerSecond) = (burst, 0.000_001);
            if (trusted)
                o.Upgrade.TrustedProxies.Add(IPNetwork.Parse("127.0.0.0/8"));
        }),
        over: "/ws");
}
