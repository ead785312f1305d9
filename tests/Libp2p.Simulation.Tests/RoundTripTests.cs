using System.IO.Pipelines;
using Libp2p.Security.Noise;
using Libp2p.Testing.Simulation;

namespace Libp2p.Simulation.Tests;

/// <summary>How many round trips pass from the dial to the first byte of an answer, over a link that delays; the connect's own counted, as TCP's is.</summary>
public sealed class RoundTripTests(ITestOutputHelper output)
{
    static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Three_with_noise_alone_on_offer() => Assert.Equal(3, await CountAsync(_ => { }));

    /// <summary>What a second one on offer costs: the first must be proposed and taken before its handshake begins.</summary>
    [Fact]
    public async Task One_more_with_a_second_security_protocol_on_offer() =>
        Assert.Equal(4, await CountAsync(builder => builder.Use(ISecurityProtocol (_) => new SecondProtocol())));

    async Task<int> CountAsync(Action<NodeBuilder> offer)
    {
        var network = new SimulatedNetwork { Conditions = new LinkConditions { Latency = RoundTrip / 2 } };
        var listener = await Nodes.StartAsync(network, "listener", offer);
        var dialer = await Nodes.StartAsync(network, "dialer", offer);
        using var handler = listener.Handle(Nodes.Echo, Nodes.EchoAsync);
        var began = network.Time.Elapsed;
        await network.RunUntilAsync(EchoOnceAsync(dialer, listener.Addresses[0]), Limit);
        var took = network.Time.Elapsed - began;
        await network.RunUntilAsync(Task.WhenAll(dialer.DisposeAsync().AsTask(), listener.DisposeAsync().AsTask()), Limit);
        output.WriteLine($"{took.TotalMilliseconds:0} ms over a link of {RoundTrip.TotalMilliseconds:0} ms");
        return (int)Math.Round(took / RoundTrip);
    }

    static async Task EchoOnceAsync(Libp2pNode dialer, Multiaddress address)
    {
        var connection = await dialer.ConnectAsync(address);
        await using var stream = await dialer.OpenStreamAsync(connection, Nodes.Echo);
        await stream.Output.WriteAsync("?"u8.ToArray());
        var read = await stream.Input.ReadAtLeastAsync(1);
        Assert.Equal(1, read.Buffer.Length);
        stream.Input.AdvanceTo(read.Buffer.End);
    }

    /// <summary>Something else to choose from; it is never chosen.</summary>
    sealed class SecondProtocol : ISecurityProtocol
    {
        readonly NoiseProtocol _noise = new();

        public ProtocolId Id => "/second/1.0.0";

        public ValueTask<SecureLink> SecureAsync(Link link, HandshakeContext context, CancellationToken cancellationToken) =>
            _noise.SecureAsync(link, context, cancellationToken);
    }
}
