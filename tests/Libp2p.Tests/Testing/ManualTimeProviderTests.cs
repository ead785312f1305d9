using Libp2p.Testing;

namespace Libp2p.Tests.Testing;

public class ManualTimeProviderTests
{
    readonly ManualTimeProvider _clock = new();
    readonly List<string> _log = [];

    ITimer Timer(string name, double due, double period = -1) => _clock.CreateTimer(
        _ => _log.Add($"{name} {_clock.Elapsed.TotalMilliseconds}"),
        null,
        TimeSpan.FromMilliseconds(due),
        period < 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(period));

    void Advance(double ms) => _clock.Advance(TimeSpan.FromMilliseconds(ms));

    [Fact]
    public void It_stands_until_it_is_advanced()
    {
        var (then, stamp) = (_clock.GetUtcNow(), _clock.GetTimestamp());
        Advance(1_500);
        Assert.Equal(TimeSpan.FromSeconds(1.5), _clock.GetUtcNow() - then);
        Assert.Equal(TimeSpan.FromSeconds(1.5), _clock.GetElapsedTime(stamp));
    }

    [Fact]
    public void Timers_run_in_order_each_at_its_time()
    {
        using var late = Timer("late", 20);
        using var early = Timer("early", 10);
        using var same = Timer("same", 10);
        Advance(9);
        Assert.Empty(_log);
        Advance(91);
        Assert.Equal(["early 10", "same 10", "late 20"], _log);
        Assert.Equal(0, _clock.ArmedTimers);
    }

    [Fact]
    public void A_period_repeats_until_disposal()
    {
        var timer = Timer("tick", 5, 10);
        Advance(26);
        Assert.Equal(["tick 5", "tick 15", "tick 25"], _log);
        Assert.Equal(1, _clock.ArmedTimers);
        timer.Dispose();
        Advance(100);
        Assert.Equal(3, _log.Count);
        Assert.Equal(0, _clock.ArmedTimers);
        Assert.False(timer.Change(TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan));
    }

    [Fact]
    public void A_change_replaces_what_was_set()
    {
        using var timer = Timer("timer", 10);
        timer.Change(TimeSpan.FromMilliseconds(50), Timeout.InfiniteTimeSpan);
        Advance(49);
        Assert.Empty(_log);
        Advance(1);
        Assert.Equal(["timer 50"], _log);
        timer.Change(TimeSpan.FromMilliseconds(10), Timeout.InfiniteTimeSpan);
        timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Advance(100);
        Assert.Single(_log);
    }

    [Fact]
    public void A_timer_set_on_the_way_runs_on_the_way()
    {
        var times = new List<double>();
        ITimer? timer = null;
        using var first = timer = _clock.CreateTimer(
            _ =>
            {
                times.Add(_clock.Elapsed.TotalMilliseconds);
                timer!.Change(TimeSpan.FromMilliseconds(3), Timeout.InfiniteTimeSpan);
            },
            null,
            TimeSpan.FromMilliseconds(1),
            Timeout.InfiniteTimeSpan);
        Advance(8);
        Assert.Equal([1, 4, 7], times);
    }

    [Fact]
    public async Task A_timer_that_is_due_at_once_runs_without_advancing()
    {
        var ran = new TaskCompletionSource();
        await using var timer = _clock.CreateTimer(_ => ran.SetResult(), null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        await ran.Task.WaitAsync(PipeTransfer.Alive);
    }

    [Fact]
    public async Task Delays_and_timeouts_follow_it()
    {
        var delay = Task.Delay(TimeSpan.FromSeconds(5), _clock);
        using var source = new CancellationTokenSource(TimeSpan.FromSeconds(6), _clock);
        Advance(5_000);
        await delay.WaitAsync(PipeTransfer.Alive);
        Assert.False(source.IsCancellationRequested);
        Advance(1_000);
        Assert.True(source.IsCancellationRequested);
    }
}
