using System.Net;
using Libp2p.Swarm;
using Libp2p.Testing;
using Libp2p.Testing.Simulation;
using Libp2p.Tests.Diagnostics;
using Libp2p.Tests.Support;

namespace Libp2p.Tests.Swarm;

/// <summary>Whole nodes whose machine sleeps, or loses its addresses.</summary>
[Collection(AloneCollection.Name)]
public class NetworkRecoveryTests
{
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    static readonly TimeSpan Step = TimeSpan.FromMilliseconds(250);

    [Fact]
    public async Task After_sleep_what_answers_stays_and_what_does_not_is_ended_at_once()
    {
        var network = new SimulatedNetwork();
        var time = new SleepingTime(network.Time);
        var (node, near, far) = (await StartAsync(network, "node", time), await StartAsync(network, "near", network.Time), await StartAsync(network, "far", network.Time));
        await network.RunUntilAsync(Task.WhenAll(node.DialAsync(near).AsTask(), node.DialAsync(far).AsTask()), Limit, Step);
        var changed = node.WatchAsync();
        var ended = node.WatchAsync().FirstAsync<ConnectionEnded>();

        time.Slept = TimeSpan.FromHours(8);
        network.Partition(["far"]);
        await network.RunUntilAsync(ended, Limit, Step);

        Assert.True((await changed.FirstAsync<NetworkChanged>()).HasWoken);
        Assert.Equal(far.Identity.PeerId, (await ended).Connection.RemotePeer);
        Assert.Equal("the peer fell silent: this machine was asleep, and the peer did not answer within 5 s", (await ended).Reason.ToString());
        // 5 s between two looks at the clock, 1 s to settle, 5 s for an answer.
        Assert.InRange(network.Time.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(12));
        await network.RunAsync(TimeSpan.FromSeconds(6), Step);
        Assert.Equal([near.Identity.PeerId], node.Peers);
        await network.RunUntilAsync(Task.WhenAll(new[] { node, near, far }.Select(n => n.DisposeAsync().AsTask())), Limit, Step);
    }

    [Fact]
    public async Task When_addresses_change_the_new_ones_are_told_and_failures_are_forgotten()
    {
        var host = new FakeHost { Now = [IPAddress.Loopback, IPAddress.Parse("192.0.2.1")] };
        var time = new ManualTimeProvider();
        await using var node = await Builder(host, time).Listen("/ip4/0.0.0.0/tcp/0").StartAsync();
        var nobody = Multiaddress.Parse($"/ip4/127.0.0.1/tcp/1/p2p/{Identity.Generate().PeerId}");
        Assert.Equal(DialStage.Connect, await DialAsync(node, nobody));
        Assert.Equal(DialStage.NotTried, await DialAsync(node, nobody));
        var events = node.WatchAsync();

        host.Change(IPAddress.Loopback, IPAddress.Parse("198.51.100.1"));
        time.Advance(TimeSpan.FromSeconds(1));

        var told = await events.FirstAsync<AddressesChanged>();
        Assert.Equal(["/ip4/127.0.0.1", "/ip4/198.51.100.1"], told.Addresses.Select(a => $"/ip4/{a.Parts[0].Value}"));
        Assert.Equal(DialStage.Connect, await DialAsync(node, nobody));
    }

    [Fact]
    public async Task A_connection_whose_address_is_gone_is_tested_and_the_others_are_not()
    {
        var host = new FakeHost { Now = [IPAddress.Loopback, IPAddress.Parse("192.0.2.1")] };
        var time = new ManualTimeProvider();
        await using var node = await Builder(host, time).StartAsync();
        await using var peer = await Libp2pNode.CreateBuilder().UseTcp().UseNoise().UseYamux().AddPing().Listen("/ip4/127.0.0.1/tcp/0").StartAsync();
        using var recorder = new MetricsRecorder(node.Identity.PeerId);
        await node.DialBothAsync(peer);
        var before = peer.Connections[0];

        // Not its address: nothing is asked of it.
        host.Change(IPAddress.Loopback);
        time.Advance(TimeSpan.FromSeconds(1));
        // Its address, but it lives.
        host.Change();
        time.Advance(TimeSpan.FromSeconds(1));
        // The question's stream is gone once it is answered; no time passes on this node meanwhile.
        var patience = TestNodes.Patience;
        while (recorder.Read("libp2p_rcmgr_streams").Sum(m => m.Value) > 0)
            await Task.Delay(5, patience);
        time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(before.Id, Assert.Single(peer.Connections).Id);
        Assert.Single(node.Connections);
    }

    [Fact]
    public async Task A_node_that_has_ended_hears_no_more_of_the_system()
    {
        var host = new FakeHost();
        var node = await Builder(host, new ManualTimeProvider()).StartAsync();
        Assert.Equal(1, host.Watchers);
        await node.DisposeAsync();
        Assert.Equal(0, host.Watchers);
        await using var other = await Builder(host, new ManualTimeProvider()).Configure(o => o.Recovery.Enabled = false).StartAsync();
        Assert.Equal(0, host.Watchers);
    }

    static NodeBuilder Builder(FakeHost host, TimeProvider time) =>
        Libp2pNode.CreateBuilder().UseTcp().UseNoise().UseYamux().UseTimeProvider(time).UseHostNetwork(host);

    static Task<Libp2pNode> StartAsync(SimulatedNetwork network, string name, TimeProvider time) => Libp2pNode.CreateBuilder()
        .Use(ILinkTransport (c) => network.CreateTransport(name, c.Pool)).UseNoise().UseYamux().UseTimeProvider(time).UseHostNetwork(new FakeHost()).Listen("/memory/0").StartAsync();

    static async Task<DialStage> DialAsync(Libp2pNode node, Multiaddress address) =>
        (await Assert.ThrowsAsync<DialException>(async () => await node.ConnectAsync(address, ConnectOptions.InBackground, TestNodes.Patience))).Attempts[0].Stage;

    sealed class FakeHost : HostNetwork
    {
        Action _changed = () => { };

        public IReadOnlyList<IPAddress> Now { get; set; } = [];

        public int Watchers { get; private set; }

        public override IReadOnlyList<IPAddress> Addresses => Now;

        public override IDisposable Watch(Action changed)
        {
            Watchers++;
            _changed = changed;
            return new End(this);
        }

        public void Change(params IPAddress[] addresses)
        {
            Now = addresses;
            _changed();
        }

        sealed class End(FakeHost host) : IDisposable
        {
            public void Dispose() => host.Watchers--;
        }
    }

    /// <summary>A clock whose monotonic hand stands while the machine sleeps.</summary>
    sealed class SleepingTime(ManualTimeProvider time) : TimeProvider
    {
        public TimeSpan Slept { get; set; }

        public override long TimestampFrequency => time.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + Slept;

        public override long GetTimestamp() => time.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => time.CreateTimer(callback, state, dueTime, period);
    }
}
