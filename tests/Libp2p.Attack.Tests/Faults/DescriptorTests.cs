using System.Net;
using Libp2p.Attack.Tests.Support;

namespace Libp2p.Attack.Tests.Faults;

/// <summary>A process that may have few file descriptors keeps some back, refuses further connections, and goes on once some have left.</summary>
public sealed class DescriptorTests(ITestOutputHelper output)
{
    /// <summary>How many the process may have: it needs about 150 for itself, most of them for the libraries it loads.</summary>
    const int Most = 240;

    /// <summary>How long anything may take on a machine that is busy: a bound of being alive, not of speed.</summary>
    static readonly TimeSpan Alive = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Accepting_survives_a_crowd_that_would_take_every_file_descriptor()
    {
        await using var target = await TargetProcess.StartAsync(["sh", "-c", $"ulimit -n {Most}; exec \"$@\"", "sh"], "/ip4/127.0.0.1/tcp/0");
        var start = await target.GetStateAsync();
        var crowd = new List<Libp2pNode>();
        for (var i = 0; i < Most; i++)
        {
            var node = await Libp2pNode.CreateBuilder().UseTcp().UseNoise().UseYamux().StartAsync();
            crowd.Add(node);
            try
            {
                using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
                await node.ConnectAsync(target.AddressAt(IPAddress.Loopback), patience.Token);
            }
            catch (Exception e) when (e is Libp2pException or OperationCanceledException)
            {
                // Refused, as those beyond the limit should be.
            }
        }
        Assert.True(target.IsAlive, target.Errors);
        var full = await target.GetStateAsync();
        output.WriteLine($"{full.Connections} of {Most} connections were admitted, with {full.Sockets} sockets open.");
        Assert.InRange(full.Connections, 1, Most / 2);
        foreach (var node in crowd)
            await node.DisposeAsync();
        await target.WaitForAsync(s => s.Connections == 0 && s.Sockets <= start.Sockets, Alive);
        await using var honest = await Libp2pNode.CreateBuilder().UseTcp().UseNoise().UseYamux().AddPing().StartAsync();
        var connection = await honest.ConnectAsync(target.AddressAt(IPAddress.Loopback)).AsTask().WaitAsync(Alive);
        await honest.Get<Libp2p.Protocols.Ping.PingService>().PingAsync(connection.RemotePeer).AsTask().WaitAsync(Alive);
        Assert.Empty((await target.GetStateAsync()).Failures);
    }
}
