using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Libp2p.Interop.Tests.Nodes;
using Libp2p.Protocols.Perf;
using Libp2p.Transports.WebSocket;

namespace Libp2p.Interop.Tests;

/// <summary>WebSocket behind TLS, with certificates of an authority that the test makes and both sides are told to trust.</summary>
public sealed class SecureWebSocketTests : IDisposable
{
    const int Mega = 1024 * 1024;

    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tincan-interop-");
    readonly X509Certificate2 _root;

    public SecureWebSocketTests()
    {
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=tincan test authority", rootKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        var now = TimeProvider.System.GetUtcNow();
        _root = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(10));
        File.WriteAllText(PathOf("ca.pem"), _root.ExportCertificatePem());

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(_root, now.AddDays(-1), now.AddDays(9), [1]);
        File.WriteAllText(PathOf("cert.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(PathOf("key.pem"), key.ExportPkcs8PrivateKeyPem());
    }

    [Theory]
    [InlineData(Side.Ours)]
    [InlineData(Side.Js)]
    public async Task They_meet_and_move_eight_mebibytes_each_way(Side dialer)
    {
        var options = new WebSocketOptions { CertificateFile = PathOf("cert.pem"), CertificateKeyFile = PathOf("key.pem"), AllowUntrustedOnPrivateAddresses = false };
        options.TrustedRoots.Add(_root);
        await using var met = await Encounter.StartAsync(
            dialer, ["--cert", PathOf("cert.pem"), "--cert-key", PathOf("key.pem"), "--ca", PathOf("ca.pem")], over: "/tls/ws", webSocket: options);
        Assert.EndsWith("/tls/ws", $"{met.Connection.RemoteAddress}", StringComparison.Ordinal);
        await met.AssertAliveAsync();
        await met.Ours.Node.PingAsync(met.Connection.RemotePeer, met.Deadline);
        var result = await met.Ours.Node.Get<PerfService>().MeasureAsync(met.Connection.RemotePeer, 8 * Mega, 8 * Mega, met.Deadline);
        Assert.Equal((8 * Mega, 8 * Mega), (result.Uploaded, result.Downloaded));
        var asked = await met.Js.AskAsync("perf", new { peer = met.Ours.Peer, up = 8 * Mega, down = 8 * Mega }, "perf", TimeSpan.FromSeconds(60));
        Assert.Equal((8 * Mega, 8 * Mega), (asked.Number("up"), asked.Number("down")));
        Assert.True((await met.Js.AskAsync("half-close", new { peer = met.Ours.Peer, bytes = 1_000 }, "half-close")).Flag("ok"));
        await met.Ours.Node.DisconnectAsync(met.Connection.RemotePeer, met.Deadline);
        await met.Js.WaitForAsync("disconnect", e => e.Text("peer") == met.Ours.Peer);
    }

    public void Dispose()
    {
        _folder.Delete(recursive: true);
        _root.Dispose();
    }

    string PathOf(string file) => Path.Combine(_folder.FullName, file);
}
