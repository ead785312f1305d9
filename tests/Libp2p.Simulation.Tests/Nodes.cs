using System.Buffers;
using Libp2p.Testing;
using Libp2p.Testing.Simulation;

namespace Libp2p.Simulation.Tests;

/// <summary>Nodes on a simulated network.</summary>
static class Nodes
{
    public static ProtocolId Echo { get; } = "/tincan/test/echo/1.0.0";

    /// <summary>Starts a node that takes its time and its links from the network; secured by Noise, unless the test brings what secures it.</summary>
    public static Task<Libp2pNode> StartAsync(SimulatedNetwork network, string name, Action<NodeBuilder>? configure = null, bool security = true)
    {
        var builder = Libp2pNode.CreateBuilder()
            .Use(ILinkTransport (c) => network.CreateTransport(name, c.Pool)).UseYamux().UseTimeProvider(network.Time).Listen("/memory/0");
        if (security)
            builder.UseNoise();
        configure?.Invoke(builder);
        return builder.StartAsync();
    }

    /// <summary>Nodes that were disposed hold no memory, as soon as the last read that waited has seen the end of its link.</summary>
    public static Task HoldNothingAsync(IEnumerable<Libp2pNode> nodes) => PipeTransfer.UntilAsync(() => nodes.All(node => node.Pool.RentedBytes == 0));

    /// <summary>Returns what comes until the other side ends.</summary>
    public static Task EchoAsync(PeerStream stream, CancellationToken cancellationToken) => stream.Input.CopyToAsync(stream.Output, cancellationToken);
}
