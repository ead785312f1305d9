using Libp2p.Protocols.Gossipsub;

namespace Libp2p.Tests.Protocols.Gossipsub;

public sealed class PeerSendQueueTests
{
    private readonly PeerSendQueue _queue = new(new GossipsubOptions { MaxQueuedMessages = 10, MaxQueuedBytes = 64 * 1024, MaxQueuedControl = 8 });

    [Fact]
    public void Messages_are_bounded_in_number_and_bytes()
    {
        for (var i = 0; i < 10; i++)
            Assert.True(_queue.TryAdd(Message(100)));
        Assert.False(_queue.TryAdd(Message(100)));
        _queue.Clear();
        Assert.True(_queue.TryAdd(Message(60_000)));
        Assert.False(_queue.TryAdd(Message(6_000)));
        _queue.Clear();
        // One message always has room, or it could never be sent.
        Assert.True(_queue.TryAdd(Message(1_000_000)));
    }

    [Fact]
    public void Gossip_is_dropped_before_what_the_mesh_needs()
    {
        Assert.True(_queue.AddControl(Gossip()));
        Assert.True(_queue.AddControl(Gossip()));
        Assert.False(_queue.AddControl(Gossip()));
        var mixed = Gossip();
        mixed.Graft.Add("t");
        Assert.False(_queue.AddControl(mixed));
        List<RpcContent> control = [];
        _queue.TryTake(control, [], 1000);
        Assert.Equal([true, true, false], control.Select(c => c.HasGossip));
        Assert.Equal(["t"], control[2].Graft);
        Assert.False(_queue.HasOverflowed);
    }

    [Fact]
    public void Control_that_cannot_be_lost_and_has_no_room_is_told()
    {
        for (var i = 0; i < 9; i++)
        {
            var content = new RpcContent();
            content.Graft.Add("t");
            _queue.AddControl(content);
        }
        Assert.True(_queue.HasOverflowed);
        _queue.Clear();
        Assert.False(_queue.HasOverflowed);
        Assert.True(_queue.IsEmpty);
    }

    [Fact]
    public void A_batch_has_its_bound_and_at_least_one_message()
    {
        foreach (var length in new[] { 500, 400, 400, 5000 })
            _queue.TryAdd(Message(length));
        Assert.Equal(2, Take());
        Assert.Equal(1, Take());
        Assert.Equal(1, Take());
        Assert.Equal(0, Take());

        int Take()
        {
            List<GossipMessage> messages = [];
            _queue.TryTake([], messages, 1000);
            return messages.Count;
        }
    }

    [Fact]
    public async Task Whoever_waits_for_room_learns_of_it()
    {
        for (var i = 0; i < 10; i++)
            _queue.TryAdd(Message(10));
        var room = _queue.WaitForRoomAsync();
        Assert.False(room.IsCompleted);
        _queue.TryTake([], [], 1);
        await room;
        Assert.True(_queue.TryAdd(Message(10)));
    }

    [Fact]
    public void What_is_not_wanted_is_taken_out()
    {
        var unwanted = Message(10);
        _queue.TryAdd(Message(11));
        _queue.TryAdd(unwanted);
        _queue.Cancel(unwanted.Id);
        Assert.Equal(1, _queue.Length.Messages);
        List<GossipMessage> messages = [];
        _queue.TryTake([], messages, 1000);
        Assert.DoesNotContain(unwanted, messages);
        Assert.Equal(0, _queue.Length.Bytes);
    }

    private static RpcContent Gossip()
    {
        var content = new RpcContent();
        content.IWant.Add(new([1]));
        return content;
    }

    private static GossipMessage Message(int length) => MessageSignature.Create(null, "t", new byte[length], 1, MessageIds.DataHash);
}
