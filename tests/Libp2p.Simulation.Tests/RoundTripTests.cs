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
    public async Task Three_with_noise_alone_on_offer() => Assert.Equal(3, await CountAsync(b => b.UseNoise(), b => b.UseNoise()));

    [Fact]
    public async Task Three_with_tls_alone_on_offer() => Assert.Equal(3, await CountAsync(b => b.UseTls(), b => b.UseTls()));

    /// <summary>What a second one on offer costs: nothing, where the other side takes the first.</summary>
    [Fact]
    public async Task Three_with_both_on_offer() => Assert.Equal(3, await CountAsync(b => b.UseNoise().UseTls(), b => b.UseTls().UseNoise()));

    /// <summary>Connect and refusal, and then anew: connect, refusal, agreement, handshake, answer.</summary>
    [Fact]
    public async Task Seven_where_the_other_side_has_the_second_alone() => Assert.Equal(7, await CountAsync(b => b.UseNoise().UseTls(), b => b.UseTls()));

    [Fact]
    public async Task Nothing_in_common_is_said_with_all_that_was_on_offer()
    {
        var failure = await Assert.ThrowsAnyAsync<Libp2pException>(() => CountAsync(b => b.UseTls().Use(Second), b => b.UseNoise()));
        Assert.Contains("/tls/1.0.0, /second/1.0.0", failure.Message, StringComparison.Ordinal);
    }

    async Task<double> CountAsync(Action<NodeBuilder> dialerOffers, Action<NodeBuilder> listenerOffers)
    {
        var network = new SimulatedNetwork { Conditions = new LinkConditions { Latency = RoundTrip / 2 } };
        var listener = await Nodes.StartAsync(network, "listener", listenerOffers, security: false);
        var dialer = await Nodes.StartAsync(network, "dialer", dialerOffers, security: false);
        using var handler = listener.Handle(Nodes.Echo, Nodes.EchoAsync);
        var began = network.Time.Elapsed;
        await network.RunUntilAsync(EchoOnceAsync(dialer, listener.Addresses[0]), Limit);
        var took = network.Time.Elapsed - began;
        await network.RunUntilAsync(Task.WhenAll(dialer.DisposeAsync().AsTask(), listener.DisposeAsync().AsTask()), Limit);
        output.WriteLine($"{took.TotalMilliseconds:0} ms over a link of {RoundTrip.TotalMilliseconds:0} ms");
        return Math.Round(took / RoundTrip * 2) / 2; // Halves are ways.
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

    static ISecurityProtocol Second(NodeContext context) => new SecondProtocol();

    /// <summary>Something else to choose from; it is never chosen.</summary>
    sealed class SecondProtocol : ISecurityProtocol
    {
        readonly NoiseProtocol _noise = new();

        public ProtocolId Id => "/second/1.0.0";

        public ValueTask<SecureLink> SecureAsync(Link link, HandshakeContext context, CancellationToken cancellationToken) =>
            _noise.SecureAsync(link, context, cancellationToken);
    }
}
