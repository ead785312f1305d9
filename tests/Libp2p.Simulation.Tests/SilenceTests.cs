using System.IO.Pipelines;
using Libp2p.Testing.Simulation;

namespace Libp2p.Simulation.Tests;

/// <summary>A link that falls silent ends within 40 s: at the default options, in virtual time.</summary>
public sealed class SilenceTests(ITestOutputHelper output)
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);
    static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_silent_link_ends_with_a_reason_on_both_sides_within_forty_seconds(bool inTraffic)
    {
        var network = new SimulatedNetwork();
        var listener = await Nodes.StartAsync(network, "listener");
        var dialer = await Nodes.StartAsync(network, "dialer");
        using var handler = listener.Handle(Nodes.Echo, Nodes.EchoAsync);
        var ends = new[] { EndedAsync(listener), EndedAsync(dialer) };
        var connecting = dialer.ConnectAsync(listener.Addresses[0]).AsTask();
        await network.RunUntilAsync(connecting, Limit, Step);
        var traffic = inTraffic ? SendAsync(dialer, await connecting) : Task.CompletedTask;
        await network.RunAsync(TimeSpan.FromSeconds(3), Step);
        var began = network.Time.Elapsed;
        network.Partition(["listener"], ["dialer"]);
        await network.RunUntilAsync(Task.WhenAll(ends), Limit, Step);
        foreach (var end in ends)
        {
            var reason = await end;
            output.WriteLine($"{(network.Time.Elapsed - began).TotalSeconds:0.0} s: {reason}");
            Assert.Equal(CloseCode.Timeout, reason.Code);
        }
        await network.RunUntilAsync(traffic, Limit, Step);
        await network.RunUntilAsync(Task.WhenAll(dialer.DisposeAsync().AsTask(), listener.DisposeAsync().AsTask()), Limit, Step);
        await Nodes.HoldNothingAsync([dialer, listener]);
    }

    static async Task<CloseReason> EndedAsync(Libp2pNode node)
    {
        await foreach (var nodeEvent in node.WatchAsync())
        {
            if (nodeEvent is ConnectionEnded ended)
                return ended.Reason;
        }
        throw new InvalidOperationException("The node ended before its connection did.");
    }

    static async Task SendAsync(Libp2pNode node, ConnectionInfo connection)
    {
        try
        {
            await using var stream = await node.OpenStreamAsync(connection, Nodes.Echo);
            while (true)
            {
                await stream.Output.WriteAsync(new byte[1000]);
                var read = await stream.Input.ReadAtLeastAsync(1000);
                stream.Input.AdvanceTo(read.Buffer.End);
            }
        }
        catch (Libp2pException)
        {
            // The connection has ended.
        }
    }
}
