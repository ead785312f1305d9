using Libp2p.Swarm;
using static Libp2p.Tests.Swarm.Peers;

namespace Libp2p.Tests.Swarm;

public class TagTableTests
{
    static readonly PeerId Peer = Id(1);

    readonly TagTable _tags = new(maxAhead: 3);

    [Fact]
    public void A_peer_is_worth_the_sum_of_its_tags()
    {
        _tags.Connected(Peer);
        _tags.Set(Peer, "a", 5);
        _tags.Set(Peer, "b", -2);
        Assert.Equal(3, _tags.WorthOf(Peer, TimeSpan.Zero));
        _tags.Set(Peer, "a", 7);
        Assert.Equal(5, _tags.WorthOf(Peer, TimeSpan.FromDays(1)));
        _tags.Remove(Peer, "b");
        _tags.Remove(Peer, "c");
        Assert.Equal(7, _tags.WorthOf(Peer, TimeSpan.Zero));
        Assert.Equal(0, _tags.WorthOf(Id(2), TimeSpan.Zero));
    }

    [Fact]
    public void What_is_bumped_fades()
    {
        var halfLife = TimeSpan.FromMinutes(1);
        _tags.Connected(Peer);
        _tags.Bump(Peer, "a", 100, halfLife, TimeSpan.Zero);
        Assert.Equal(100, _tags.WorthOf(Peer, TimeSpan.Zero));
        Assert.Equal(50, _tags.WorthOf(Peer, halfLife));
        _tags.Bump(Peer, "a", 50, halfLife, halfLife);
        Assert.Equal(100, _tags.WorthOf(Peer, halfLife));
        Assert.Equal(25, _tags.WorthOf(Peer, halfLife * 3));
        Assert.Equal(0, _tags.WorthOf(Peer, TimeSpan.FromDays(10_000)));
    }

    [Fact]
    public void Nothing_overflows()
    {
        _tags.Connected(Peer);
        for (var i = 0; i < 5; i++)
        {
            _tags.Set(Peer, $"set {i}", int.MaxValue);
            _tags.Bump(Peer, "bumped", int.MaxValue, TimeSpan.FromTicks(1), TimeSpan.Zero);
        }
        Assert.Equal(int.MaxValue, _tags.WorthOf(Peer, TimeSpan.Zero));
        Assert.Equal(int.MaxValue, _tags.WorthOf(Peer, TimeSpan.MaxValue));
        for (var i = 0; i < 5; i++)
            _tags.Set(Peer, $"set {i}", int.MinValue);
        _tags.Bump(Peer, "bumped", int.MinValue, TimeSpan.MaxValue, TimeSpan.MaxValue);
        Assert.Equal(int.MinValue, _tags.WorthOf(Peer, TimeSpan.MaxValue));
    }

    [Fact]
    public void A_peer_is_protected_until_the_last_protection_is_taken_back()
    {
        _tags.Protect(Peer, "a");
        _tags.Protect(Peer, "a");
        _tags.Protect(Peer, "b");
        Assert.True(_tags.Unprotect(Peer, "a"));
        Assert.True(_tags.IsProtected(Peer));
        Assert.False(_tags.Unprotect(Peer, "b"));
        Assert.False(_tags.IsProtected(Peer));
        Assert.False(_tags.Unprotect(Peer, "b"));
        Assert.Equal(0, _tags.Count);
    }

    [Fact]
    public void Tags_end_with_the_last_connection_and_protections_do_not()
    {
        _tags.Connected(Peer);
        _tags.Connected(Peer);
        _tags.Set(Peer, "a", 5);
        _tags.Protect(Peer, "b");
        _tags.Disconnected(Peer);
        Assert.Equal(5, _tags.WorthOf(Peer, TimeSpan.Zero));
        _tags.Disconnected(Peer);
        Assert.Equal(0, _tags.WorthOf(Peer, TimeSpan.Zero));
        Assert.True(_tags.IsProtected(Peer));
        _tags.Unprotect(Peer, "b");
        Assert.Equal(0, _tags.Count);
    }

    [Fact]
    public void Tags_set_ahead_of_a_connection_are_bounded_and_the_oldest_go()
    {
        _tags.Connected(Id(100));
        _tags.Set(Id(100), "a", 1);
        _tags.Protect(Id(101), "a");
        for (var i = 1; i <= 5; i++)
            _tags.Set(Id(i), "a", i);
        Assert.Equal([0, 0, 3, 4, 5], Enumerable.Range(1, 5).Select(i => _tags.WorthOf(Id(i), TimeSpan.Zero)));
        Assert.Equal(5, _tags.Count);
        // One that connects makes room.
        _tags.Connected(Id(3));
        _tags.Set(Id(6), "a", 6);
        Assert.Equal([3, 4, 5, 6], Enumerable.Range(3, 4).Select(i => _tags.WorthOf(Id(i), TimeSpan.Zero)));
        _tags.Unprotect(Id(101), "a");
        Assert.Equal(5, _tags.Count);
    }

    [Fact]
    public void A_peer_that_comes_and_goes_leaves_nothing()
    {
        for (var i = 0; i < 100; i++)
        {
            _tags.Connected(Id(i));
            _tags.Bump(Id(i), "a", 1, TimeSpan.FromSeconds(1), TimeSpan.Zero);
            _tags.Disconnected(Id(i));
        }
        Assert.Equal(0, _tags.Count);
    }
}
