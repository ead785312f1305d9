using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Libp2p.Interop.Tests.Peers;
using Libp2p.Tests.Transports.WebSocket;

namespace Libp2p.Interop.Tests;

/// <summary>The program as somebody runs it who is reached from elsewhere: with a certificate, a name that is announced, a proxy in front.</summary>
public sealed class OperatorTests : IDisposable
{
    const string Domain = "/dns4/chat.example/tcp/443/tls/ws";
    const string Client = "198.51.100.7";

    readonly TestCertificates _certificates = new();
    string _thumbprint;

    public OperatorTests() => _thumbprint = _certificates.Write("localhost", "127.0.0.1");

    [Fact]
    public async Task A_certificate_is_shown_to_those_who_verify_it_and_a_new_one_without_a_restart()
    {
        await using var chat = await TincanPeer.StartOverAsync("/tls/ws", "--certificate", _certificates.Certificate, "--certificate-key", _certificates.Key);
        await using var js = await JsPeer.StartAsync("--ca", _certificates.RootFile);
        await js.AskAsync("dial", new { addr = chat.Address }, "dialed");
        Assert.Equal(js.Peer, (await chat.WaitForAsync("connect")).Text("peer"));
        Assert.Equal(_thumbprint, await ShownAsync(chat));

        var before = _thumbprint;
        _thumbprint = _certificates.Write("localhost", "127.0.0.1");
        // The files are looked at once a second at most: until then the one before is shown, and never none.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        while (await ShownAsync(chat) is var shown && shown != _thumbprint)
        {
            Assert.Equal(before, shown);
            await Task.Delay(20, patience.Token);
        }
        // Who was connected stays so.
        Assert.Equal(chat.Peer, (await js.AskAsync("ping", new { peer = chat.Peer }, "ping")).Text("peer"));
    }

    [Fact]
    public async Task Announced_addresses_are_told_in_place_of_those_listened_on()
    {
        await using var js = await JsPeer.ListenAsync();
        await using var chat = await TincanPeer.StartOverAsync("/ws", "--announce", Domain, "--append-announce", "/dns4/chat.example/tcp/4001", "--dial", js.Addresses[0]);
        Assert.Equal([$"{Domain}/p2p/{chat.Peer}", $"/dns4/chat.example/tcp/4001/p2p/{chat.Peer}"], chat.Addresses);
        Assert.Equal(["/dns4/chat.example/tcp/4001", Domain], await ToldAsync(js, chat));
    }

    [Fact]
    public async Task Appended_addresses_are_told_beside_them()
    {
        await using var js = await JsPeer.StartAsync();
        await using var chat = await TincanPeer.StartOverAsync("/ws", "--append-announce", Domain);
        await js.AskAsync("dial", new { addr = chat.Address }, "dialed");
        Assert.Equal(2, chat.Addresses.Count);
        Assert.Equal($"{Domain}/p2p/{chat.Peer}", chat.Addresses[1]);
        Assert.Equal(chat.Addresses.Select(a => a.Split("/p2p/")[0]).Order(StringComparer.Ordinal), await ToldAsync(js, chat));
    }

    [Fact]
    public async Task What_a_trusted_proxy_tells_is_where_a_peer_comes_from()
    {
        await using var chat = await TincanPeer.StartOverAsync("/ws", "--trust-proxy", "127.0.0.0/8", "--deny", "198.51.100.8");
        await using var proxy = await ProxyProcess.StartAsync(chat.Address, _certificates, Client);
        await using var js = await JsPeer.StartAsync("--ca", _certificates.RootFile);
        await js.AskAsync("dial", new { addr = proxy.Address }, "dialed");
        Assert.Equal($"/ip4/{Client}/tcp/0/ws", (await chat.WaitForAsync("connect")).Text("addr"));

        await using var denied = await ProxyProcess.StartAsync(chat.Address, _certificates, "198.51.100.8");
        await using var other = await JsPeer.StartAsync("--ca", _certificates.RootFile);
        await other.AskAsync("dial", new { addr = denied.Address }, "dial-failed");
        await other.AskAsync("dial", new { addr = proxy.Address }, "dialed");
        Assert.Equal(other.Peer, (await chat.WaitForAsync("connect")).Text("peer"));
    }

    [Fact]
    public async Task What_it_tells_counts_for_the_limit_of_an_address()
    {
        await using var chat = await TincanPeer.StartOverAsync("/ws", "--trust-proxy", "127.0.0.1");
        await using var proxy = await ProxyProcess.StartAsync(chat.Address, _certificates, Client);
        await using var elsewhere = await ProxyProcess.StartAsync(chat.Address, _certificates, "198.51.100.9");
        await using var js = await JsPeer.StartAsync("--ca", _certificates.RootFile);
        // Sixteen at once are let in from an address, then one in five seconds: a slow machine may see some more of them.
        var dials = 0;
        while ((await js.WaitForAnswerAsync("dial", new { addr = proxy.Address })).Name == "dialed")
        {
            Assert.True(++dials < 1000, "one address is let in as often as it likes");
            await js.AskAsync("hangup", new { peer = chat.Peer }, "hungup");
        }
        Assert.True(dials >= 16, $"only {dials} were let in");
        await js.AskAsync("dial", new { addr = elsewhere.Address }, "dialed");
    }

    public void Dispose() => _certificates.Dispose();

    /// <summary>What Identify has told js of the chat's addresses, which js puts into an order of its own.</summary>
    static async Task<IEnumerable<string>> ToldAsync(JsPeer js, TincanPeer chat)
    {
        await js.WaitForAsync("connect", e => e.Text("peer") == chat.Peer);
        var told = await js.AskAsync("identify", new { peer = chat.Peer }, "identify");
        Assert.Equal(told.Texts("listenAddrs").Order(StringComparer.Ordinal), told.Texts("recordAddrs").Order(StringComparer.Ordinal));
        return told.Texts("listenAddrs").Order(StringComparer.Ordinal);
    }

    /// <summary>The certificate that a client is shown who trusts the test's authority alone.</summary>
    async Task<string> ShownAsync(TincanPeer chat)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        using var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", int.Parse(Multiaddress.Parse(chat.Address, null).Parts[1].Value, System.Globalization.CultureInfo.InvariantCulture), patience.Token);
        await using var tls = new SslStream(socket.GetStream());
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(_certificates.Root);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = policy }, patience.Token);
        using var certificate = X509CertificateLoader.LoadCertificate(tls.RemoteCertificate!.Export(X509ContentType.Cert));
        return certificate.Thumbprint;
    }
}
