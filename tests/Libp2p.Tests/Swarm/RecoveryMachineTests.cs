using System.Net;
using Libp2p.Swarm;

namespace Libp2p.Tests.Swarm;

public class RecoveryMachineTests
{
    static readonly IPAddress Home = IPAddress.Parse("192.0.2.1");
    static readonly IPAddress Away = IPAddress.Parse("198.51.100.1");

    readonly List<NetworkChanged> _changes = [];
    readonly RecoveryMachine _machine = new(new(), [IPAddress.Loopback, Home], TimeSpan.FromDays(1), TimeSpan.Zero);
    IPAddress[] _addresses = [IPAddress.Loopback, Home];
    TimeSpan _wallOffset = TimeSpan.FromDays(1);
    int _reads;

    static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);

    void Signal(double at) => _machine.Advance(new RecoveryInput.Signalled(), At(at));

    void RunTo(double end)
    {
        while (_machine.Deadline <= At(end))
            ElapseAt(_machine.Deadline!.Value);
    }

    void ElapseAt(TimeSpan now)
    {
        _machine.Elapse(now);
        while (_machine.TryTake(out var effect))
        {
            if (effect is RecoveryEffect.ReadClock)
                _machine.Advance(new RecoveryInput.ClockRead(now + _wallOffset), now);
            else if (effect is RecoveryEffect.Recover recover)
                _changes.Add(recover.Change);
            else
                Read(now);
        }
    }

    void Read(TimeSpan now)
    {
        _reads++;
        _machine.Advance(new RecoveryInput.AddressesRead(_addresses), now);
    }

    [Fact]
    public void While_nothing_happens_the_interfaces_are_not_even_read()
    {
        RunTo(100_000);
        Assert.Equal((0, 0), (_reads, _changes.Count));
    }

    [Fact]
    public void Signals_are_gathered_and_the_addresses_tell_what_changed()
    {
        Signal(100);
        _addresses = [IPAddress.Loopback, Away];
        Signal(100.9);
        RunTo(100.999);
        Assert.Empty(_changes);
        RunTo(101);
        var change = Assert.Single(_changes);
        Assert.Equal((false, Home, Away), (change.HasWoken, Assert.Single(change.Lost), Assert.Single(change.Gained)));
        Assert.Equal(1, _reads);
    }

    [Fact]
    public void A_network_that_changes_without_end_is_looked_at_all_the_same()
    {
        for (var i = 0; i < 100; i++)
        {
            Signal(i * 0.1);
            RunTo(i * 0.1);
        }
        Assert.InRange(_reads, 9, 10);
    }

    [Fact]
    public void A_signal_that_changes_no_address_is_nothing()
    {
        Signal(100);
        RunTo(200);
        Assert.Empty(_changes);
        Assert.Equal(1, _reads);
    }

    [Theory]
    [InlineData(9, false)]
    [InlineData(11, true)]
    [InlineData(100_000, true)]
    [InlineData(-11, true)]
    public void A_jump_of_the_clock_on_the_wall_is_sleep(double seconds, bool woken)
    {
        RunTo(100);
        _wallOffset += At(seconds);
        RunTo(110);
        Assert.Equal(woken ? 1 : 0, _changes.Count);
        Assert.All(_changes, c => Assert.True(c.HasWoken && c.Lost.Count == 0 && c.Gained.Count == 0));
        RunTo(1_000);
        Assert.Equal(woken ? 1 : 0, _changes.Count);
    }

    [Theory]
    [InlineData(14, 0)]
    [InlineData(16, 1)]
    public void So_is_a_timer_that_comes_far_too_late(double after, int changes)
    {
        RunTo(100);
        ElapseAt(At(100 + after));
        RunTo(100 + after + 1);
        Assert.Equal(changes, _changes.Count);
    }

    public static TheoryData<string, Action<RecoveryOptions>> Wrong { get; } = new()
    {
        { nameof(RecoveryOptions.SettleTime), o => o.SettleTime = TimeSpan.Zero },
        { nameof(RecoveryOptions.ClockInterval), o => o.ClockInterval = TimeSpan.Zero },
        { nameof(RecoveryOptions.ClockJump), o => o.ClockJump = TimeSpan.MaxValue },
        { nameof(RecoveryOptions.ProbeTimeout), o => o.ProbeTimeout = TimeSpan.FromTicks(-1) },
    };

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public void Wrong_values_are_refused_by_name(string name, Action<RecoveryOptions> change)
    {
        var options = new RecoveryOptions();
        change(options);
        Assert.Equal(name, Assert.Throws<ArgumentOutOfRangeException>(options.Validate).ParamName);
    }
}
