using Libp2p.Testing.Simulation;

namespace Libp2p.Tests.Simulation;

public class UplinkTests
{
    static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(100);

    readonly EventQueue _queue = new();
    readonly List<(string What, double At)> _arrivals = [];

    [Fact]
    public void What_is_sent_arrives_in_order_after_its_time_on_the_wire_and_the_way()
    {
        var flow = new Uplink(_queue, 1_000_000).Open(Latency);
        Send(flow, "one", 5_000);
        Send(flow, "two", 10_000);
        _queue.RunUntil(TimeSpan.FromSeconds(1));
        Assert.Equal([("one", 105), ("two", 115)], _arrivals);
        Assert.Equal(0, flow.WaitingBytes);
    }

    [Fact]
    public void Without_a_limit_only_the_way_takes_time()
    {
        Send(new Uplink(_queue, 0).Open(Latency), "all", 100_000);
        _queue.RunUntil(TimeSpan.FromSeconds(1));
        Assert.Equal([("all", 100)], _arrivals);
    }

    /// <summary>A small message to one place need not wait for a large one to another.</summary>
    [Fact]
    public void Flows_share_the_uplink_fairly()
    {
        var uplink = new Uplink(_queue, 16 * 1024 * 1000);
        Send(uplink.Open(Latency), "large", 10 * 16 * 1024);
        Send(uplink.Open(Latency), "large too", 10 * 16 * 1024);
        Send(uplink.Open(Latency), "small", 1024);
        _queue.RunUntil(TimeSpan.FromSeconds(1));
        Assert.Equal(["small", "large", "large too"], _arrivals.Select(a => a.What));
        Assert.InRange(_arrivals[0].At, 102, 103);
        Assert.InRange(_arrivals[2].At, 120, 121);
        Assert.Equal((20 * 16 * 1024) + 1024, uplink.SentBytes);
    }

    [Fact]
    public void What_has_not_begun_can_be_taken_back()
    {
        var flow = new Uplink(_queue, 1_000).Open(Latency);
        Send(flow, "one", 1_000);
        Send(flow, "two", 1_000);
        Send(flow, "three", 1_000);
        Assert.False(flow.Cancel("one"));
        Assert.True(flow.Cancel("two"));
        Assert.False(flow.Cancel("two"));
        Assert.Equal(2_000, flow.WaitingBytes);
        _queue.RunUntil(TimeSpan.FromSeconds(10));
        Assert.Equal([("one", 1100), ("three", 2100)], _arrivals);
    }

    [Fact]
    public void What_is_under_way_when_it_is_closed_is_lost_and_others_go_on()
    {
        var uplink = new Uplink(_queue, 1_000);
        var (closed, open) = (uplink.Open(Latency), uplink.Open(Latency));
        Send(closed, "arriving", 1);
        Send(closed, "lost", 50_000);
        Send(open, "kept", 1_000);
        _queue.RunUntil(TimeSpan.FromMilliseconds(50));
        closed.Close();
        Send(closed, "not taken", 1);
        _queue.RunUntil(TimeSpan.FromMinutes(2));
        Assert.Equal(["kept"], _arrivals.Select(a => a.What));
        Assert.Equal((0, true), (closed.WaitingBytes, closed.IsClosed));
    }

    void Send(Uplink.Flow flow, string what, int bytes) => flow.Send(bytes, () => _arrivals.Add((what, Math.Round(_queue.Now.TotalMilliseconds, 3))), what);
}
