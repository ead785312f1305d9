using Libp2p;
using Libp2p.Protocols.Ping;
using Libp2p.Security.PrivateNetwork;
using Libp2p.Security.Tls;
using Libp2p.Transports.Memory;

namespace Tincan.Diagnosis;

/// <summary>Two nodes of this process that meet by one combination of what this program can speak.</summary>
/// <param name="what">The combination.</param>
/// <param name="listen">Where one listens; the other dials that.</param>
/// <param name="use">Makes a node speak it.</param>
internal sealed class SelfTest(string what, string listen, Action<NodeBuilder> use)
{
    private const string InMemory = "/memory/1";

    /// <summary>All that a chat here can speak, each tried by itself.</summary>
    /// <param name="network">The private network that the chat is in; null for none.</param>
    public static IEnumerable<SelfTest> All(PrivateNetworkKey? network)
    {
        var within = network is null ? "" : " within the private network";
        Action<NodeBuilder> guard = network is null ? _ => { } : b => b.UsePrivateNetwork(network);
        yield return new($"/noise with /yamux/1.0.0{within}", InMemory, guard + (b => b.UseNoise().UseYamux()));
        if (TlsProtocol.IsSupported)
            yield return new($"/tls/1.0.0 with /yamux/1.0.0{within}", InMemory, guard + (b => b.UseTls().UseYamux()));
        yield return new($"/secio/1.0.0 with /mplex/6.7.0{within}, for --legacy", InMemory, guard + (b => b.UseLegacySecio().UseMplex()));
        if (network is not null)
            yield break;
        yield return new("/ws", "/ip4/127.0.0.1/tcp/0/ws", b => b.UseTcp().UseWebSocket().UseNoise().UseYamux());
        yield return new("/tls/ws with a certificate of its own", "/ip4/127.0.0.1/tcp/0/tls/ws", b => b.UseTcp().UseWebSocket().UseNoise().UseYamux());
        // A key may come later: whether it would work is known now.
        var key = PrivateNetworkKey.Generate();
        yield return new("a private network, for --swarm-key", InMemory, b => b.UsePrivateNetwork(key).UseNoise().UseYamux());
    }

    /// <summary>Lets them meet.</summary>
    public async Task<Finding> RunAsync(CancellationToken cancellationToken)
    {
        var memory = new MemoryNetwork();
        NodeBuilder Builder()
        {
            var builder = Libp2pNode.CreateBuilder().AddPing();
            if (listen == InMemory)
                builder.UseMemory(memory);
            use(builder);
            return builder;
        }
        await using var listener = await Builder().Listen(listen).StartAsync(cancellationToken);
        await using var dialer = await Builder().StartAsync(cancellationToken);
        await dialer.PingAsync(listener.Addresses[0], cancellationToken);
        return new Finding("self-test", Verdict.Works, $"{what}: handshake, stream and ping within this process");
    }
}
