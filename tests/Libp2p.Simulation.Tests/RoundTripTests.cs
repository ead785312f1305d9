using System.IO.Pipelines;
using Libp2p.Security.Noise;
using Libp2p.Testing.Simulation;
using Libp2p.Transports.Tcp;

namespace Libp2p.Simulation.Tests;

/// <summary>How many round trips pass from the dial to the first byte of an answer, TCP's own counted.</summary>
public sealed class RoundTripTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Three_with_noise_alone_on_offer()
    {
        var trips = await CountAsync(builder => builder.UseNoise(), "127.0.0.1");
        output.WriteLine($"noise alone: {trips} round trips");
        Assert.InRange(trips, 2, 3);
    }

    [Fact]
    public async Task One_more_with_a_second_security_protocol_on_offer()
    {
        var trips = await CountAsync(builder => builder.UseNoise().Use(ISecurityProtocol (_) => new RenamedNoise()), "127.0.0.1");
        output.WriteLine($"noise and a second: {trips} round trips");
        Assert.InRange(trips, 3, 4);
    }

    [Fact]
    public async Task Four_tenths_of_a_second_or_less_where_a_round_trip_takes_one()
    {
        // The same in time: a link with 50 ms each way.
        var network = new SimulatedNetwork { Conditions = new LinkConditions { Latency = TimeSpan.FromMilliseconds(50) } };
        await using var listener = await Nodes.StartAsync(network, "listener");
        await using var dialer = await Nodes.StartAsync(network, "dialer");
        using var handler = listener.Handle(Nodes.Echo, Nodes.EchoAsync);
        var began = network.Time.Elapsed;
        await network.RunUntilAsync(EchoOnceAsync(dialer, listener.Addresses[0]), TimeSpan.FromSeconds(10));
        var took = network.Time.Elapsed - began;
        output.WriteLine($"{took.TotalMilliseconds:0} ms over a link of 100 ms");
        Assert.InRange(took, TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(330));
    }

    static async Task<double> CountAsync(Action<NodeBuilder> secure, string ip)
    {
        var meter = new RoundTripMeter();
        await using var listener = await Build(meter, secure).Listen($"/ip4/{ip}/tcp/0").StartAsync();
        await using var dialer = await Build(meter, secure).StartAsync();
        using var handler = listener.Handle(Nodes.Echo, Nodes.EchoAsync);
        await EchoOnceAsync(dialer, listener.Addresses[0]);
        return Assert.Single(meter.Dialed).RoundTrips;
    }

    static NodeBuilder Build(RoundTripMeter meter, Action<NodeBuilder> secure)
    {
        var builder = Libp2pNode.CreateBuilder().Use(ILinkTransport (c) => meter.Wrap(new TcpTransport(c.Pool)));
        secure(builder);
        return builder.UseYamux();
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

    /// <summary>A second protocol to choose from; it is never chosen.</summary>
    sealed class RenamedNoise : ISecurityProtocol
    {
        readonly NoiseProtocol _noise = new();

        public ProtocolId Id => "/second/1.0.0";

        public ValueTask<SecureLink> SecureAsync(Link link, HandshakeContext context, CancellationToken cancellationToken) =>
            _noise.SecureAsync(link, context, cancellationToken);
    }
}
