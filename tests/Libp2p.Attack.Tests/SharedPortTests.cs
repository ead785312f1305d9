using Libp2p.Attack.Tests.Attacks;
using Libp2p.Attack.Tests.Support;
using Libp2p.Tests.Transports.WebSocket;
using Libp2p.Transports.WebSocket;

namespace Libp2p.Attack.Tests;

/// <summary>One port on which a node takes peers over TCP with Noise, TCP with TLS, WebSocket and WebSocket behind TLS, while many say nothing to it.</summary>
public sealed class SharedPortTests(ITestOutputHelper output)
{
    const int Port = 4001; // In a network of its own.

    static readonly TimeSpan Recovery = TimeSpan.FromMinutes(1);
    static readonly TimeSpan DialLimit = TimeSpan.FromSeconds(2);
    static readonly TimeSpan PingLimit = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task The_silent_block_no_peer_of_any_kind()
    {
        using var network = AttackNetwork.CreateOrSkip();
        using var certificates = new TestCertificates();
        certificates.Write($"{network.VictimAddress}");
        var listen = string.Join(',', new[] { "", "/ws", "/tls/ws" }.Select(over => $"/ip4/0.0.0.0/tcp/{Port}{over}"));
        await using var victim = await TargetProcess.StartAsync(network.Launcher, listen, certificates.Certificate, certificates.Key);
        var field = new Field(network, victim, new Random(1));
        var trusting = new WebSocketOptions { TrustedRoots = { certificates.Root } };
        (string Name, string Over, Action<NodeBuilder> Speaks)[] kinds =
        [
            ("TCP with Noise", "", b => b.UseNoise()),
            ("TCP with TLS", "", b => b.UseTls()),
            ("WebSocket", "/ws", b => b.UseWebSocket().UseNoise()),
            ("WebSocket behind TLS", "/tls/ws", b => b.UseWebSocket(trusting).UseTls()),
        ];
        // The first of each kind pays for the code that is compiled then, on both sides.
        await ComeAsync(isMeasured: false);
        await HandshakeAttacks.StaySilentAsync(field, () => ComeAsync(isMeasured: true));
        var end = await victim.WaitForAsync(s => s is { Connections: 0, Sessions: 0, Streams: 0, Rented: 0 }, Recovery);
        Assert.Empty(end.Failures);

        // All kinds at once, and each is served.
        Task ComeAsync(bool isMeasured) => Task.WhenAll(kinds.Select(async kind =>
        {
            await using var honest = await HonestPeer.ComeAsync(field, kind.Speaks, kind.Over);
            var (echo, ping) = (await honest.EchoAsync(), await honest.PingAsync());
            output.WriteLine($"{kind.Name}: dial {honest.DialTime.TotalMilliseconds:0} ms, echo {echo.TotalMilliseconds:0} ms, ping {ping.TotalMilliseconds:0} ms");
            if (isMeasured)
                Assert.True(honest.DialTime < DialLimit && echo < DialLimit && ping < PingLimit, $"{kind.Name}: a dial took {honest.DialTime}, an echo {echo}, a ping {ping}.");
        }));
    }
}
