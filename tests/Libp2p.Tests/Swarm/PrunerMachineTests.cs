using Libp2p.Swarm;
using static Libp2p.Tests.Swarm.Peers;

namespace Libp2p.Tests.Swarm;

public class PrunerMachineTests
{
    static readonly TimeSpan Grace = TimeSpan.FromSeconds(60);

    readonly Dictionary<long, ConnectionUse> _uses = [];
    readonly List<PrunerEffect.Close> _closed = [];
    PrunerMachine _machine = new(new() { HighWater = 5, LowWater = 3 }, 1_000);

    void Configure(Action<PrunerOptions> change, int maxConnections = 1_000)
    {
        var options = new PrunerOptions { HighWater = 5, LowWater = 3 };
        change(options);
        options.Validate();
        _machine = new(options, maxConnections);
    }

    void Open(int id, TimeSpan at, Role role = Role.Listener, int streams = 0, int? peer = null)
    {
        _uses[id] = new(id, streams, streams);
        _machine.Advance(new PrunerInput.Opened(id, Id(peer ?? id), role), at);
    }

    void OpenMany(int count, TimeSpan at)
    {
        for (var id = 1; id <= count; id++)
            Open(id, at);
    }

    void End(int id, TimeSpan at)
    {
        _uses.Remove(id);
        _machine.Advance(new PrunerInput.Ended(id), at);
    }

    /// <summary>Runs its deadlines up to a time; what it closes ends at once.</summary>
    void RunTo(TimeSpan end)
    {
        while (_machine.Deadline is { } deadline && deadline <= end)
        {
            _machine.Elapse(deadline);
            while (_machine.TryTake(out var effect))
            {
                if (effect is PrunerEffect.Look)
                    _machine.Advance(new PrunerInput.Seen([.. _uses.Values]), deadline);
                else if (effect is PrunerEffect.Close close)
                    _closed.Add(close);
            }
            foreach (var close in _closed.Where(c => _uses.ContainsKey(c.Id)).ToList())
                End((int)close.Id, deadline);
        }
    }

    IEnumerable<long> Closed => _closed.Select(c => c.Id);

    [Fact]
    public void The_defaults_are_those_of_the_limits()
    {
        var options = new PrunerOptions();
        options.Validate();
        Assert.Equal((160, 192, 60), (options.LowWater, options.HighWater, options.GracePeriod.TotalSeconds));
        Assert.Null(options.IdleTimeout);
        Assert.Equal((192, 160), (new PrunerMachine(options, 1_000).HighWater, new PrunerMachine(options, 1_000).LowWater));
    }

    [Theory]
    [InlineData(220, 192, 160)]
    [InlineData(160, 140, 116)]
    [InlineData(8, 7, 5)]
    [InlineData(1, 1, 1)]
    public void Where_fewer_connections_are_allowed_the_marks_are_lowered(int maxConnections, int high, int low)
    {
        var machine = new PrunerMachine(new(), maxConnections);
        Assert.Equal((high, low), (machine.HighWater, machine.LowWater));
    }

    [Fact]
    public void Up_to_the_high_water_none_is_closed()
    {
        OpenMany(5, TimeSpan.Zero);
        Assert.Null(_machine.Deadline);
        RunTo(TimeSpan.FromHours(1));
        Assert.Empty(_closed);
    }

    [Fact]
    public void Beyond_it_so_many_are_closed_after_the_grace_that_the_low_water_is_left()
    {
        OpenMany(6, TimeSpan.Zero);
        RunTo(Grace - TimeSpan.FromTicks(1));
        Assert.Empty(_closed);
        RunTo(Grace);
        Assert.Equal([6, 5, 4], Closed);
        Assert.All(_closed, c => Assert.Equal(CloseCode.LocalClose, c.Reason.Code));
        Assert.Equal("6 connections are more than the 5 that this node keeps", _closed[0].Reason.Detail);
        Assert.Null(_machine.Deadline);
    }

    [Fact]
    public void Newcomers_push_nobody_out()
    {
        OpenMany(5, TimeSpan.Zero);
        for (var id = 100; id < 200; id++)
            Open(id, Grace);
        RunTo(Grace * 2 - TimeSpan.FromTicks(1));
        Assert.Empty(_closed);
        // When they are past their grace, the youngest go, not those that have been there for long.
        RunTo(Grace * 2 + TimeSpan.FromSeconds(10));
        Assert.Equal([1L, 2, 3], _uses.Keys.Order());
    }

    [Fact]
    public void The_peers_that_are_worth_least_go_first()
    {
        _machine.Tags.Set(Id(6), "kad", 5);
        _machine.Tags.Set(Id(5), "kad", 5);
        _machine.Tags.Set(Id(5), "mesh", 20);
        _machine.Tags.Set(Id(1), "bad", -1);
        OpenMany(6, TimeSpan.Zero);
        RunTo(Grace);
        Assert.Equal([1, 4, 3], Closed);
    }

    [Fact]
    public void Of_equal_worth_the_idle_go_first_then_the_inbound_then_the_less_used()
    {
        Open(1, TimeSpan.Zero, Role.Dialer, streams: 2);
        Open(2, TimeSpan.Zero, Role.Listener, streams: 3);
        Open(3, TimeSpan.Zero, Role.Listener, streams: 1);
        Open(4, TimeSpan.Zero, Role.Dialer);
        Open(5, TimeSpan.Zero, Role.Listener);
        Open(6, TimeSpan.Zero, Role.Dialer, streams: 1);
        Open(7, TimeSpan.Zero, Role.Dialer, streams: 1);
        RunTo(Grace);
        Assert.Equal([5, 4, 3, 2], Closed);
    }

    [Fact]
    public void Protected_ones_count_and_stay()
    {
        for (var id = 1; id <= 4; id++)
            _machine.Tags.Protect(Id(id), "keep-alive");
        OpenMany(6, TimeSpan.Zero);
        RunTo(Grace);
        Assert.Equal([6, 5], Closed);
    }

    [Fact]
    public void Where_all_are_protected_it_looks_again_now_and_then()
    {
        for (var id = 1; id <= 6; id++)
            _machine.Tags.Protect(Id(id), "keep-alive");
        OpenMany(6, TimeSpan.Zero);
        RunTo(Grace);
        Assert.Empty(_closed);
        Assert.Equal(Grace + TimeSpan.FromSeconds(10), _machine.Deadline);
        _machine.Tags.Unprotect(Id(2), "keep-alive");
        RunTo(Grace + TimeSpan.FromSeconds(10));
        Assert.Equal([2], Closed);
    }

    [Fact]
    public void Two_rounds_are_apart()
    {
        Configure(o => o.GracePeriod = TimeSpan.Zero);
        OpenMany(6, TimeSpan.Zero);
        RunTo(TimeSpan.Zero);
        Assert.Equal([6, 5, 4], Closed);
        for (var id = 10; id < 20; id++)
            Open(id, TimeSpan.FromSeconds(1));
        RunTo(TimeSpan.FromSeconds(10) - TimeSpan.FromTicks(1));
        Assert.Equal(3, _closed.Count);
        RunTo(TimeSpan.FromSeconds(10));
        Assert.Equal(3, _uses.Count);
    }

    [Fact]
    public void What_is_being_closed_is_not_closed_twice_and_counts_no_more()
    {
        Configure(o => (o.GracePeriod, o.IdleTimeout) = (TimeSpan.Zero, TimeSpan.FromSeconds(40)));
        OpenMany(6, TimeSpan.Zero);
        // Those that are told to close take their time: they do not end.
        var closed = new List<long>();
        for (var now = TimeSpan.Zero; now < TimeSpan.FromMinutes(5); now += TimeSpan.FromSeconds(1))
        {
            if (_machine.Deadline > now || _machine.Deadline is null)
                continue;
            _machine.Elapse(now);
            while (_machine.TryTake(out var effect))
            {
                if (effect is PrunerEffect.Look)
                    _machine.Advance(new PrunerInput.Seen([.. _uses.Values]), now);
                else if (effect is PrunerEffect.Close close)
                    closed.Add(close.Id);
            }
        }
        Assert.Equal([1L, 2, 3, 4, 5, 6], closed.Order());
    }

    [Fact]
    public void Without_the_option_idle_ones_stay()
    {
        OpenMany(1, TimeSpan.Zero);
        RunTo(TimeSpan.FromDays(1));
        Assert.Empty(_closed);
    }

    [Fact]
    public void Idle_ones_are_closed_and_those_that_are_used_are_not()
    {
        Configure(o => o.IdleTimeout = TimeSpan.FromSeconds(40));
        OpenMany(4, TimeSpan.Zero);
        _machine.Tags.Protect(Id(3), "keep-alive");
        _machine.Tags.Set(Id(4), "kad", 1);
        for (var i = 1; i <= 30; i++)
        {
            RunTo(TimeSpan.FromSeconds(i * 10));
            // A stream that comes and goes between two looks is use all the same.
            if (i % 3 == 0)
                _uses[1] = new(1, 0, i);
        }
        Assert.Equal([2], Closed);
        Assert.Equal((PruneCause.Idle, "it was idle for 40 s"), (_closed[0].Cause, _closed[0].Reason.Detail));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(35)]
    public void It_is_closed_no_earlier_than_its_time_and_at_most_half_as_late_again(int busyUntil)
    {
        Configure(o => o.IdleTimeout = TimeSpan.FromSeconds(40));
        Open(1, TimeSpan.Zero, streams: busyUntil > 0 ? 1 : 0);
        RunTo(TimeSpan.FromSeconds(busyUntil));
        _uses[1] = new(1, 0, 1);
        RunTo(TimeSpan.FromSeconds(busyUntil + 40) - TimeSpan.FromTicks(1));
        Assert.Empty(_closed);
        RunTo(TimeSpan.FromSeconds(busyUntil + 60));
        Assert.Equal([1], Closed);
    }

    public static TheoryData<string, Action<PrunerOptions>> Wrong { get; } = new()
    {
        { nameof(PrunerOptions.LowWater), o => o.LowWater = 0 },
        { nameof(PrunerOptions.HighWater), o => o.HighWater = 159 },
        { nameof(PrunerOptions.GracePeriod), o => o.GracePeriod = TimeSpan.FromTicks(-1) },
        { nameof(PrunerOptions.GracePeriod), o => o.GracePeriod = TimeSpan.MaxValue },
        { nameof(PrunerOptions.TrimInterval), o => o.TrimInterval = TimeSpan.Zero },
        { nameof(PrunerOptions.IdleTimeout), o => o.IdleTimeout = TimeSpan.Zero },
        { nameof(PrunerOptions.MaxTaggedAhead), o => o.MaxTaggedAhead = -1 },
    };

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public void Wrong_values_are_refused_by_name(string name, Action<PrunerOptions> change)
    {
        var options = new PrunerOptions();
        change(options);
        Assert.Equal(name, Assert.Throws<ArgumentOutOfRangeException>(options.Validate).ParamName);
    }
}
