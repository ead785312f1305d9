using Libp2p.Reconnection;
using static Libp2p.Tests.Swarm.Peers;

namespace Libp2p.Tests.Reconnection;

public class KeepAliveMachineTests
{
    static readonly PeerId Peer = Id(1);

    readonly KeepAliveMachine _machine = new(new());

    static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);

    void Tell(KeepAliveInput input, double at)
    {
        _machine.Advance(input, At(at));
        _machine.Elapse(At(at));
    }

    void Seen(bool isConnected, double at, double chance = 0.5) => Tell(new KeepAliveInput.Seen(Peer, isConnected, chance), at);

    void Ended(bool isConnected, double at) => Tell(new KeepAliveInput.DialEnded(Peer, isConnected, 0.5), at);

    /// <summary>Fails at each dial, and tells when each was.</summary>
    List<double> FailUntil(double end)
    {
        List<double> dials = [];
        while (_machine.Deadline is { } deadline && deadline <= At(end))
        {
            _machine.Elapse(deadline);
            Assert.True(_machine.TryTake(out _));
            dials.Add(Math.Round(deadline.TotalSeconds, 3));
            Ended(false, deadline.TotalSeconds);
        }
        return dials;
    }

    [Fact]
    public void One_that_is_not_connected_is_dialled_at_once_and_one_that_is_stays()
    {
        Tell(new KeepAliveInput.Added(Peer, IsConnected: false), 0);
        Tell(new KeepAliveInput.Added(Id(2), IsConnected: true), 0);
        Assert.True(_machine.TryTake(out var dialled));
        Assert.Equal(Peer, dialled);
        Assert.False(_machine.TryTake(out _));
        Assert.Null(_machine.Deadline);
    }

    [Fact]
    public void The_pauses_double_up_to_a_minute()
    {
        Tell(new KeepAliveInput.Added(Peer, IsConnected: true), 0);
        Seen(false, 100);
        Assert.Equal([101, 103, 107, 115, 131, 163, 223, 283, 343], FailUntil(343));
    }

    [Theory]
    [InlineData(0, 100.75)]
    [InlineData(0.5, 101)]
    [InlineData(1, 101.25)]
    public void A_pause_is_shaken_by_a_quarter(double chance, double dial)
    {
        Tell(new KeepAliveInput.Added(Peer, IsConnected: true), 0);
        Seen(false, 100, chance);
        Assert.Equal(At(dial), _machine.Deadline);
    }

    [Fact]
    public void A_connection_that_lasted_makes_the_pauses_begin_anew_and_a_short_one_does_not()
    {
        Tell(new KeepAliveInput.Added(Peer, IsConnected: true), 0);
        Seen(false, 100);
        Assert.Equal([101, 103, 107], FailUntil(107));
        Seen(true, 108);
        Seen(false, 137.9);
        Assert.Equal(At(153.9), _machine.Deadline);
        Seen(true, 140);
        Assert.Null(_machine.Deadline);
        Seen(false, 170);
        Assert.Equal(At(171), _machine.Deadline);
    }

    [Fact]
    public void It_is_not_dialled_twice_at_a_time()
    {
        Tell(new KeepAliveInput.Added(Peer, IsConnected: false), 0);
        Assert.True(_machine.TryTake(out _));
        Seen(false, 1);
        Tell(new KeepAliveInput.NetworkChanged(), 2);
        Tell(new KeepAliveInput.Added(Peer, IsConnected: false), 3);
        Assert.Null(_machine.Deadline);
        Assert.False(_machine.TryTake(out _));
        Ended(false, 4);
        Assert.Equal(At(5), _machine.Deadline);
    }

    [Fact]
    public void When_the_network_has_changed_all_that_wait_are_dialled_at_once()
    {
        Tell(new KeepAliveInput.Added(Peer, IsConnected: true), 0);
        Tell(new KeepAliveInput.Added(Id(2), IsConnected: true), 0);
        Seen(false, 100);
        FailUntil(400);
        Tell(new KeepAliveInput.NetworkChanged(), 401);
        Assert.True(_machine.TryTake(out var dialled));
        Assert.Equal(Peer, dialled);
        Assert.False(_machine.TryTake(out _));
        Ended(false, 402);
        Assert.Equal(At(403), _machine.Deadline);
    }

    [Fact]
    public void One_that_comes_by_itself_is_not_dialled()
    {
        Tell(new KeepAliveInput.Added(Peer, IsConnected: true), 0);
        Seen(false, 100);
        Seen(true, 100.5);
        Assert.Null(_machine.Deadline);
    }

    [Fact]
    public void One_that_is_removed_is_not_dialled()
    {
        Tell(new KeepAliveInput.Added(Peer, IsConnected: true), 0);
        Seen(false, 100);
        Tell(new KeepAliveInput.Removed(Peer), 100);
        Assert.Null(_machine.Deadline);
        Ended(false, 101);
        Seen(false, 101);
        Assert.Null(_machine.Deadline);
        Assert.Empty(_machine.Peers);
    }

    public static TheoryData<string, Action<KeepAliveOptions>> Wrong { get; } = new()
    {
        { nameof(KeepAliveOptions.FirstDelay), o => o.FirstDelay = TimeSpan.Zero },
        { nameof(KeepAliveOptions.MaxDelay), o => o.MaxDelay = TimeSpan.FromMilliseconds(1) },
        { nameof(KeepAliveOptions.MaxDelay), o => o.MaxDelay = TimeSpan.MaxValue },
        { nameof(KeepAliveOptions.Jitter), o => o.Jitter = -0.1 },
        { nameof(KeepAliveOptions.Jitter), o => o.Jitter = 1.1 },
        { nameof(KeepAliveOptions.StableAfter), o => o.StableAfter = TimeSpan.FromTicks(-1) },
        { nameof(KeepAliveOptions.MaxPeers), o => o.MaxPeers = 0 },
    };

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public void Wrong_values_are_refused_by_name(string name, Action<KeepAliveOptions> change)
    {
        var options = new KeepAliveOptions();
        change(options);
        Assert.Equal(name, Assert.Throws<ArgumentOutOfRangeException>(options.Validate).ParamName);
    }
}
