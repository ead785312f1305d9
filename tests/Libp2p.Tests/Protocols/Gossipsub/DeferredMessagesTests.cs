using Libp2p.Protocols.Gossipsub;

namespace Libp2p.Tests.Protocols.Gossipsub;

public sealed class DeferredMessagesTests
{
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(1);

    private readonly DeferredMessages _deferred = new(Delay);
    private readonly GossipPeer _peer = new(MachineHarness.Id(1), GossipsubVersion.V12, isOutbound: false, isDirect: false, tag: null);

    [Fact]
    public void They_come_in_order_each_after_its_time()
    {
        var (first, second) = (Message(1), Message(1));
        Assert.Null(_deferred.DueAt);
        Assert.True(_deferred.TryAdd(_peer, first, TimeSpan.Zero));
        Assert.True(_deferred.TryAdd(_peer, second, Delay / 2));
        Assert.Equal(Delay, _deferred.DueAt);
        Assert.False(_deferred.TryTake(Delay - TimeSpan.FromTicks(1), out _, out _));
        Assert.True(_deferred.TryTake(Delay, out var peer, out var message));
        Assert.Equal((_peer, first), (peer, message));
        Assert.False(_deferred.TryTake(Delay, out _, out _));
        Assert.True(_deferred.TryTake(Delay * 1.5, out _, out message));
        Assert.Equal(second, message);
        Assert.Null(_deferred.DueAt);
    }

    [Theory]
    [InlineData(1024 * 1024, DeferredMessages.MaxBytes / (1024 * 1024))]
    [InlineData(1, DeferredMessages.Capacity)]
    public void What_waits_is_bounded_in_bytes_and_in_number(int length, long most)
    {
        var message = Message(length);
        for (var i = 0; i < most; i++)
            Assert.True(_deferred.TryAdd(_peer, message, TimeSpan.Zero));
        Assert.False(_deferred.TryAdd(_peer, message, TimeSpan.Zero));
        Assert.True(_deferred.TryTake(Delay, out _, out _));
        Assert.True(_deferred.TryAdd(_peer, message, TimeSpan.Zero));
    }

    private static GossipMessage Message(int length) => new() { Topic = "room", Id = new PubsubMessageId([1]), Part = new byte[length], Data = default };
}
