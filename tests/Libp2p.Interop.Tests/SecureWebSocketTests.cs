using Libp2p.Interop.Tests.Nodes;
using Libp2p.Protocols.Perf;
using Libp2p.Tests.Transports.WebSocket;
using Libp2p.Transports.WebSocket;

namespace Libp2p.Interop.Tests;

/// <summary>WebSocket behind TLS, with certificates of an authority that the test makes and both sides are told to trust.</summary>
public sealed class SecureWebSocketTests : IDisposable
{
    const int Mega = 1024 * 1024;

    readonly TestCertificates _certificates = new();

    public SecureWebSocketTests() => _certificates.Write("localhost", "127.0.0.1");

    [Theory]
    [InlineData(Side.Ours)]
    [InlineData(Side.Js)]
    public async Task They_meet_and_move_eight_mebibytes_each_way(Side dialer)
    {
        var options = new WebSocketOptions { CertificateFile = _certificates.Certificate, CertificateKeyFile = _certificates.Key, AllowUntrustedOnPrivateAddresses = false };
        options.TrustedRoots.Add(_certificates.Root);
        await using var met = await Encounter.StartAsync(
            dialer, ["--cert", _certificates.Certificate, "--cert-key", _certificates.Key, "--ca", _certificates.RootFile], over: "/tls/ws", webSocket: options);
        Assert.EndsWith("/tls/ws", $"{met.Connection.RemoteAddress}", StringComparison.Ordinal);
        await met.AssertAliveAsync();
        await met.Ours.Node.PingAsync(met.Connection.RemotePeer, met.Deadline);
        var result = await met.Ours.Node.Get<PerfService>().MeasureAsync(met.Connection.RemotePeer, 8 * Mega, 8 * Mega, met.Deadline);
        Assert.Equal((8 * Mega, 8 * Mega), (result.Uploaded, result.Downloaded));
        var asked = await met.Js.AskAsync("perf", new { peer = met.Ours.Peer, up = 8 * Mega, down = 8 * Mega }, "perf");
        Assert.Equal((8 * Mega, 8 * Mega), (asked.Number("up"), asked.Number("down")));
        Assert.True((await met.Js.AskAsync("half-close", new { peer = met.Ours.Peer, bytes = 1_000 }, "half-close")).Flag("ok"));
        await met.Ours.Node.DisconnectAsync(met.Connection.RemotePeer, met.Deadline);
        await met.Js.WaitForAsync("disconnect", e => e.Text("peer") == met.Ours.Peer);
    }

    public void Dispose() => _certificates.Dispose();
}
