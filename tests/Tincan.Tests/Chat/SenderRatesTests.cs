using Libp2p;
using Tincan.Chat;

namespace Tincan.Tests.Chat;

public sealed class SenderRatesTests
{
    private static readonly PeerId Ada = Identity.Generate().PeerId;
    private static readonly PeerId Bob = Identity.Generate().PeerId;

    [Fact]
    public void Takes_the_burst_then_the_rate_and_tells_once()
    {
        var rates = new SenderRates(perSecond: 20, burst: 100);
        var now = TimeSpan.FromHours(1);
        for (var i = 0; i < 100; i++)
            Assert.Equal(RateVerdict.Take, rates.Count(Ada, now));
        Assert.Equal(RateVerdict.DropAndTell, rates.Count(Ada, now));
        Assert.Equal(RateVerdict.Drop, rates.Count(Ada, now));
        Assert.Equal(2, rates.Dropped(Ada));
        // Another sender is not in the way of it.
        Assert.Equal(RateVerdict.Take, rates.Count(Bob, now));
        Assert.Equal(0, rates.Dropped(Bob));

        now += TimeSpan.FromSeconds(1);
        for (var i = 0; i < 20; i++)
            Assert.Equal(RateVerdict.Take, rates.Count(Ada, now));
        Assert.Equal(RateVerdict.Drop, rates.Count(Ada, now));
        Assert.Equal(3, rates.Dropped(Ada));
    }

    [Fact]
    public void Remembers_only_so_many_and_forgets_the_idle_first()
    {
        var rates = new SenderRates(perSecond: 1, burst: 2, maxSenders: 1);
        Assert.Equal(RateVerdict.Take, rates.Count(Ada, TimeSpan.FromSeconds(1)));
        Assert.Equal(RateVerdict.Drop, rates.Count(Bob, TimeSpan.FromSeconds(1)));
        Assert.Equal(RateVerdict.Take, rates.Count(Bob, TimeSpan.FromSeconds(5)));
    }
}
