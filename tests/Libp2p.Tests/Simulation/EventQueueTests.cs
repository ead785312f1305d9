using Libp2p.Testing.Simulation;

namespace Libp2p.Tests.Simulation;

public class EventQueueTests
{
    static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    [Fact]
    public void Events_run_in_the_order_of_their_times_and_those_of_one_time_in_that_of_their_addition()
    {
        var queue = new EventQueue();
        List<(string, double)> ran = [];
        Add("late", 30);
        Add("first", 10);
        Add("second", 10);
        queue.At(Ms(10), () => Add("added meanwhile", 10));
        Add("never", 31);
        queue.RunUntil(Ms(30));
        Assert.Equal([("first", 10), ("second", 10), ("added meanwhile", 10), ("late", 30)], ran);
        Assert.Equal((1, 5, Ms(30)), (queue.Count, queue.Ran, queue.Now));

        void Add(string name, int at) => queue.At(Ms(at), () => ran.Add((name, queue.Now.TotalMilliseconds)));
    }

    [Fact]
    public void What_is_due_in_the_past_runs_at_once_and_time_does_not_go_back()
    {
        var queue = new EventQueue();
        var at = TimeSpan.MinValue;
        queue.RunUntil(Ms(50));
        queue.At(Ms(1), () => at = queue.Now);
        queue.After(Ms(5), () => Assert.Equal(Ms(55), queue.Now));
        queue.RunUntil(Ms(100));
        Assert.Equal(Ms(50), at);
        queue.RunUntil(Ms(10));
        Assert.Equal(Ms(100), queue.Now);
    }
}
