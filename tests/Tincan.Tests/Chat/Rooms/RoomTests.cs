using Libp2p;
using Tincan.Chat.Rooms;

namespace Tincan.Tests.Chat.Rooms;

public sealed class RoomTests
{
    private readonly Room _room = new(RoomName.Workshop, new FakeNetwork().Add(Identity.Generate().PeerId).Subscribe(RoomName.Workshop.Topic));

    [Fact]
    public void Remembers_those_who_spoke_last()
    {
        var peers = Enumerable.Range(0, 600).Select(_ => Identity.Generate().PeerId).ToList();
        for (var i = 0; i < peers.Count; i++)
            _room.Heard(peers[i], i);
        _room.Heard(peers[^1], 10_000);
        var authors = _room.Authors();
        Assert.Equal(512, authors.Count);
        Assert.Equal(10_000, authors[peers[^1]]);
        Assert.DoesNotContain(peers[0], authors.Keys);
    }

    [Fact]
    public void Sees_who_is_new()
    {
        var (ada, bob) = (Identity.Generate().PeerId, Identity.Generate().PeerId);
        Assert.False(_room.UpdateSubscribers([]));
        Assert.True(_room.UpdateSubscribers([ada]));
        Assert.False(_room.UpdateSubscribers([ada]));
        Assert.True(_room.UpdateSubscribers([ada, bob]));
        Assert.False(_room.UpdateSubscribers([bob]));
        Assert.True(_room.UpdateSubscribers([bob, ada]));
    }
}
