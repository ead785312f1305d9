using Libp2p.Protocols.Identify;
using Libp2p.Tests.Swarm;

namespace Libp2p.Tests.Protocols.Identify;

public class PushLimiterTests
{
    [Fact]
    public void Ten_at_once_and_then_one_in_five_seconds_for_each_peer()
    {
        var limiter = new PushLimiter(0.2, 10);
        Assert.All(Enumerable.Range(0, 10), _ => Assert.True(limiter.TryTake(Peers.Id(1), TimeSpan.Zero)));
        Assert.False(limiter.TryTake(Peers.Id(1), TimeSpan.Zero));
        Assert.True(limiter.TryTake(Peers.Id(2), TimeSpan.Zero));
        Assert.False(limiter.TryTake(Peers.Id(1), TimeSpan.FromSeconds(4.9)));
        Assert.True(limiter.TryTake(Peers.Id(1), TimeSpan.FromSeconds(5.1)));
        Assert.False(limiter.TryTake(Peers.Id(1), TimeSpan.FromSeconds(5.2)));
    }

    [Fact]
    public void Remembers_a_bounded_number_of_peers_and_forgets_only_the_idle()
    {
        var limiter = new PushLimiter(0.2, 10);
        for (var i = 0; i < PushLimiter.MaxPeers; i++)
            Assert.True(limiter.TryTake(Peers.Id(i), TimeSpan.Zero));
        Assert.False(limiter.TryTake(Peers.Id(-1), TimeSpan.FromSeconds(1)));
        Assert.True(limiter.TryTake(Peers.Id(-1), TimeSpan.FromSeconds(5)));
    }
}
