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
        // It looks again within a moment; the clock then stands, as what is sent has its deadlines.
        while (!sending.IsCompleted && pair.Time.Elapsed < TimeSpan.FromSeconds(1))
        {
            await Task.Yield();
            pair.Time.Advance(TimeSpan.FromMilliseconds(1));
        }
        Assert.Null(await sending);
        Assert.Equal("hello", await pair.Received.Reader.ReadAsync());
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
