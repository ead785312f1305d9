using Libp2p;
using Tincan.Chat;

namespace Tincan.Tests.Chat;

public sealed class DirectSenderTests
{
    [Fact]
    public async Task A_peer_that_has_just_connected_is_given_time_to_say_what_it_speaks()
    {
        await using var pair = await DirectPair.StartAsync(isWorkshopServed: false);
        var sending = new DirectSender(pair.Workshop, pair.Universal).SendAsync(pair.Sender, pair.To, "hello", default).AsTask();
        Assert.False(sending.IsCompleted);
        await pair.Sender.PeerStore.UpdateAsync(pair.To, [UniversalDirect.Protocol], null, null, null);
        var info = await pair.Sender.PeerStore.GetAsync(pair.To);
        pair.Sender.Publish(new PeerIdentified(pair.To, info!, null, pair.Sender.Connections.Single()));
        Assert.Null(await sending);
        Assert.Equal("hello", await pair.Received.Reader.ReadAsync());
    }

    [Fact]
    public async Task One_that_does_not_say_so_in_time_is_tried()
    {
        await using var pair = await DirectPair.StartAsync();
        // As far as to its deadline it runs on this thread.
        var sending = new DirectSender(pair.Workshop, pair.Universal).SendAsync(pair.Sender, pair.To, "hello", default).AsTask();
        pair.Time.Advance(TimeSpan.FromSeconds(5) - TimeSpan.FromTicks(1));
        Assert.False(sending.IsCompleted);
        pair.Time.Advance(TimeSpan.FromTicks(1));
        Assert.Null(await sending);
        Assert.Equal("hello", await pair.Received.Reader.ReadAsync());
    }

    [Fact]
    public async Task Whoever_gives_up_is_obeyed()
    {
        await using var pair = await DirectPair.StartAsync();
        using var giveUp = new CancellationTokenSource();
        var sending = new DirectSender(pair.Workshop, pair.Universal).SendAsync(pair.Sender, pair.To, "hello", giveUp.Token).AsTask();
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }

    [Fact]
    public async Task One_that_has_kept_silent_for_five_seconds_is_tried()
    {
        await using var pair = await DirectPair.StartAsync();
        pair.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Null(await new DirectSender(pair.Workshop, pair.Universal).SendAsync(pair.Sender, pair.To, "hello", default));
        Assert.Equal("hello", await pair.Received.Reader.ReadAsync());
    }
}
