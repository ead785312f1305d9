namespace Libp2p.Testing.Simulation;

/// <summary>
/// Virtual time for state machines: events run one after the other on the caller's thread, in the order of their times, those of one
/// time in the order in which they were added. The same events give the same run, always.
/// </summary>
public sealed class EventQueue
{
    private readonly PriorityQueue<Action, (long Ticks, long Order)> _events = new();
    private long _order;

    /// <summary>The time; zero at first.</summary>
    public TimeSpan Now { get; private set; }

    /// <summary>How many events wait.</summary>
    public int Count => _events.Count;

    /// <summary>How many events have run.</summary>
    public long Ran { get; private set; }

    /// <summary>Lets something happen at a time; at once, where that has passed, but after what runs now.</summary>
    public void At(TimeSpan time, Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        _events.Enqueue(action, (Math.Max(time.Ticks, Now.Ticks), _order++));
    }

    /// <summary>Lets something happen after a while.</summary>
    public void After(TimeSpan delay, Action action) => At(Now + delay, action);

    /// <summary>Runs what is due until a time, which it then is.</summary>
    public void RunUntil(TimeSpan time)
    {
        while (_events.TryPeek(out var action, out var at) && at.Ticks <= time.Ticks)
        {
            _events.Dequeue();
            Now = TimeSpan.FromTicks(at.Ticks);
            Ran++;
            action();
        }
        if (time > Now)
            Now = time;
    }
}
