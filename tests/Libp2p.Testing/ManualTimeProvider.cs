namespace Libp2p.Testing;

/// <summary>
/// A clock that stands until it is advanced. Timers run on the thread that advances it, one after the other in the order of
/// their due times, each with the clock at its due time, and those of one time in the order in which they were set.
/// </summary>
/// <remarks>A timer that is set to be due at once runs on the thread pool, as with the system's clock.</remarks>
public sealed class ManualTimeProvider : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly PriorityQueue<(ManualTimer Timer, long Setting), (long Due, long Order)> _timers = new();
    private readonly DateTimeOffset _start;
    private long _elapsed;
    private long _order;
    private int _armed;

    /// <summary>Creates a clock that stands at the given time, by default at 1 January 2030, UTC.</summary>
    public ManualTimeProvider(DateTimeOffset? start = null) => _start = start ?? new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The time since the clock was made.</summary>
    public TimeSpan Elapsed => TimeSpan.FromTicks(Volatile.Read(ref _elapsed));

    /// <summary>How many timers are set.</summary>
    public int ArmedTimers => Volatile.Read(ref _armed);

    /// <summary>
    /// Waits until so many timers are set, for two minutes of real time at the most. A wait that is over, such as
    /// <see cref="Task.WaitAsync(TimeSpan, TimeProvider)"/>, lets go of its timer a moment after it has told so.
    /// </summary>
    public async Task WaitForTimersAsync(int count)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        while (ArmedTimers != count)
        {
            if (patience.IsCancellationRequested)
                throw new TimeoutException($"{ArmedTimers} timers are set, not {count}.");
            await Task.Yield();
        }
    }

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => _start + Elapsed;

    /// <inheritdoc/>
    public override long GetTimestamp() => Volatile.Read(ref _elapsed);

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock on and runs every timer that becomes due on the way, those set on the way among them.</summary>
    public void Advance(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        var target = Volatile.Read(ref _elapsed) + time.Ticks;
        while (TakeDue(target) is { } timer)
            timer.Run();
        lock (_lock)
            _elapsed = Math.Max(_elapsed, target);
    }

    private ManualTimer? TakeDue(long target)
    {
        lock (_lock)
        {
            while (_timers.TryPeek(out var next, out var at) && at.Due <= target)
            {
                _timers.Dequeue();
                if (!next.Timer.IsCurrent(next.Setting))
                    continue;
                _elapsed = Math.Max(_elapsed, at.Due);
                Rearm(next.Timer);
                return next.Timer;
            }
            return null;
        }
    }

    private void Rearm(ManualTimer timer)
    {
        if (timer.Period > TimeSpan.Zero)
            Enqueue(timer, timer.Period);
        else
            Disarm(timer);
    }

    private void Enqueue(ManualTimer timer, TimeSpan due)
    {
        if (timer.Setting is null)
            _armed++;
        timer.Setting = ++_order;
        _timers.Enqueue((timer, _order), (_elapsed + due.Ticks, _order));
    }

    private void Disarm(ManualTimer timer)
    {
        if (timer.Setting is not null)
            _armed--;
        timer.Setting = null;
    }

    private sealed class ManualTimer(ManualTimeProvider clock, TimerCallback callback, object? state) : ITimer
    {
        private bool _disposed;

        public TimeSpan Period { get; private set; }

        public long? Setting { get; set; }

        public bool IsCurrent(long setting) => Setting == setting;

        public void Run() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._lock)
            {
                if (_disposed)
                    return false;
                Period = period;
                clock.Disarm(this);
                if (dueTime > TimeSpan.Zero)
                {
                    clock.Enqueue(this, dueTime);
                    return true;
                }
                if (dueTime < TimeSpan.Zero)
                    return true;
                clock.Rearm(this);
            }
            ThreadPool.UnsafeQueueUserWorkItem(static timer => timer.Run(), this, preferLocal: false);
            return true;
        }

        public void Dispose()
        {
            lock (clock._lock)
            {
                _disposed = true;
                clock.Disarm(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
