using Libp2p.Swarm;
using static Libp2p.Tests.Swarm.Peers;

namespace Libp2p.Tests.Swarm;

public class DialBackoffTests
{
    static readonly PeerId Peer = Id(1);

    static DialAttempt Failure(Multiaddress address) => new(address, DialStage.Connect, "refused", Libp2pError.Unreachable, TimeSpan.Zero);

    [Theory]
    [InlineData(0, 5)]
    [InlineData(1, 6)]
    [InlineData(2, 9)]
    [InlineData(3, 14)]
    [InlineData(17, 294)]
    [InlineData(18, 300)]
    [InlineData(1_000, 300)]
    [InlineData(int.MaxValue, 300)]
    public void An_address_is_left_alone_for_5_s_and_the_square_of_its_failures(int failures, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), new DialBackoff(new()).Duration(failures));

    [Fact]
    public void The_largest_options_do_not_overflow()
    {
        var options = new DialOptions { BackoffBase = TimeSpan.FromDays(1), BackoffStep = TimeSpan.FromDays(1), BackoffMax = TimeSpan.FromDays(1) };
        options.Validate();
        Assert.Equal(TimeSpan.FromDays(1), new DialBackoff(options).Duration(int.MaxValue));
    }

    [Fact]
    public void Failures_add_up_and_success_clears()
    {
        var backoff = new DialBackoff(new());
        var now = TimeSpan.FromHours(1);
        for (var n = 0; n < 2_000; n++)
        {
            backoff.Record(Peer, Failure(Public(1)), now);
            var expected = TimeSpan.FromSeconds(Math.Min(300, 5 + ((long)n * n)));
            var found = backoff.Find(Peer, Public(1), now);
            Assert.Equal(now + expected, found!.Value.Until);
            Assert.NotNull(backoff.Find(Peer, Public(1), now + expected - TimeSpan.FromTicks(1)));
            Assert.Null(backoff.Find(Peer, Public(1), now + expected));
            now += expected;
        }
        Assert.Equal(1, backoff.Count);
        backoff.Clear(Peer, Public(1));
        Assert.Equal(0, backoff.Count);
        backoff.Record(Peer, Failure(Public(1)), now);
        Assert.Equal(now + TimeSpan.FromSeconds(5), backoff.Find(Peer, Public(1), now)!.Value.Until);
    }

    [Fact]
    public void It_tells_why()
    {
        var backoff = new DialBackoff(new());
        backoff.Record(Peer, Failure(Public(1)), TimeSpan.Zero);
        Assert.Equal(new(TimeSpan.FromSeconds(5), "refused", Libp2pError.Unreachable), backoff.Find(Peer, Public(1), TimeSpan.Zero));
    }

    [Fact]
    public void A_failure_is_forgotten_when_it_was_left_alone_for_as_long_again()
    {
        var backoff = new DialBackoff(new());
        backoff.Record(Peer, Failure(Public(1)), TimeSpan.Zero);
        backoff.Record(Peer, Failure(Public(2)), TimeSpan.Zero);
        Assert.Null(backoff.Find(Peer, Public(1), TimeSpan.FromSeconds(10)));
        Assert.Equal(1, backoff.Count);
        backoff.Record(Peer, Failure(Public(2)), TimeSpan.FromSeconds(10));
        Assert.Equal(TimeSpan.FromSeconds(15), backoff.Find(Peer, Public(2), TimeSpan.FromSeconds(10))!.Value.Until);
    }

    [Fact]
    public void An_address_counts_for_its_peer_alone()
    {
        var backoff = new DialBackoff(new());
        backoff.Record(Peer, Failure(Public(1)), TimeSpan.Zero);
        Assert.Null(backoff.Find(Id(2), Public(1), TimeSpan.Zero));
        Assert.Null(backoff.Find(null, Public(1), TimeSpan.Zero));
    }

    [Fact]
    public void The_table_is_bounded_and_the_oldest_goes()
    {
        var backoff = new DialBackoff(new() { MaxBackoffs = 3 });
        for (var i = 1; i <= 3; i++)
            backoff.Record(Peer, Failure(Public(i)), TimeSpan.Zero);
        backoff.Record(Peer, Failure(Public(1)), TimeSpan.Zero);
        backoff.Record(Peer, Failure(Public(4)), TimeSpan.Zero);
        Assert.Equal(3, backoff.Count);
        Assert.Null(backoff.Find(Peer, Public(2), TimeSpan.Zero));
        Assert.NotNull(backoff.Find(Peer, Public(1), TimeSpan.Zero));
        Assert.NotNull(backoff.Find(Peer, Public(4), TimeSpan.Zero));
    }

    [Fact]
    public void Ten_thousand_are_remembered_by_default()
    {
        var backoff = new DialBackoff(new());
        for (var i = 0; i < 10_001; i++)
            backoff.Record(Peer, Failure(Public(i)), TimeSpan.Zero);
        Assert.Equal(10_000, backoff.Count);
        Assert.Null(backoff.Find(Peer, Public(0), TimeSpan.Zero));
    }
}
