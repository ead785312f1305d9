using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Libp2p.TransportInterop;

/// <summary>A node that speaks what a test asks for, and nothing beside it.</summary>
internal static class TestNode
{
    /// <summary>Starts it; the listener's listens.</summary>
    public static Task<Libp2pNode> StartAsync(TestCase test, ILoggerFactory log, CancellationToken cancellationToken)
    {
        var builder = Libp2pNode.CreateBuilder().UseTcp().AddIdentify().AddPing().UseLogging(log);
        if (test.Transport != "tcp")
            builder.UseWebSocket();
        _ = test.Security == "tls" ? builder.UseTls() : builder.UseNoise();
        _ = test.Muxer == "mplex" ? builder.UseMplex() : builder.UseYamux();
        if (!test.IsDialer)
            builder.Listen($"/{(test.Ip.AddressFamily == AddressFamily.InterNetworkV6 ? "ip6" : "ip4")}/{test.Ip}/tcp/0{Over(test)}");
        return builder.StartAsync(cancellationToken);
    }

    /// <summary>Where another machine finds the node: not at the loopback address, unless it listens there alone.</summary>
    public static Multiaddress ReachableAddress(Libp2pNode node) =>
        node.Addresses.FirstOrDefault(a => a.Scope != AddressScope.Loopback) ?? node.Addresses[0];

    private static string Over(TestCase test) => test.Transport switch
    {
        "ws" => "/ws",
        "wss" => "/tls/ws",
        _ => "",
    };
}
