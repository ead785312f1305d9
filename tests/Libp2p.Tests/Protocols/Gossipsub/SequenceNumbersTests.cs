using Libp2p.Protocols.Gossipsub;
using Libp2p.Testing;

namespace Libp2p.Tests.Protocols.Gossipsub;

public sealed class SequenceNumbersTests
{
    [Fact]
    public void Numbers_rise_with_the_clock_and_without_it_and_after_a_restart()
    {
        var time = new ManualTimeProvider();
        var numbers = new SequenceNumbers(time);
        var first = numbers.Next();
        Assert.Equal((ulong)(time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100, first);
        Assert.Equal(first + 1, numbers.Next());
        time.Advance(TimeSpan.FromSeconds(1));
        var later = numbers.Next();
        Assert.Equal(first + 1_000_000_000, later);
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(new SequenceNumbers(time).Next() > later);
    }

    [Fact]
    public void Numbers_do_not_go_back_with_the_clock()
    {
        var late = new SequenceNumbers(new ManualTimeProvider(new DateTimeOffset(2031, 1, 1, 0, 0, 0, TimeSpan.Zero)));
        var number = late.Next();
        Assert.True(late.Next() > number);
    }
}
