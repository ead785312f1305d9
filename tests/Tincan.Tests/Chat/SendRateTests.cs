using Libp2p;
using Libp2p.Testing;
using Tincan.Chat;

namespace Tincan.Tests.Chat;

public sealed class SendRateTests
{
    private static readonly PeerId Ada = Identity.Generate().PeerId;

    /// <summary>A network that held back all that was sent in its first seconds, and then gave it over at once.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task What_is_sent_as_fast_as_it_allows_is_taken_whole_by_a_receiver_behind_a_stall(int stalled)
    {
        var sent = await SendAsync(500);
        var receiver = new SenderRates();
        Assert.All(sent, at => Assert.Equal(RateVerdict.Take, receiver.Count(Ada, Max(at, TimeSpan.FromSeconds(stalled)))));
        Assert.InRange(sent[^1], TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_wait_ends_with_its_cancellation()
    {
        var rate = new SendRate(new ManualTimeProvider());
        for (var i = 0; i < SendRate.Burst; i++)
            await rate.WaitAsync(CancellationToken.None);
        using var stop = new CancellationTokenSource();
        var waiting = rate.WaitAsync(stop.Token).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    private static async Task<List<TimeSpan>> SendAsync(int count)
    {
        var time = new ManualTimeProvider();
        var rate = new SendRate(time);
        List<TimeSpan> sent = [];
        while (sent.Count < count)
        {
            var turn = rate.WaitAsync(CancellationToken.None).AsTask();
            while (!turn.IsCompleted)
            {
                if (time.ArmedTimers > 0)
                    time.Advance(TimeSpan.FromMilliseconds(10));
                await Task.Yield();
            }
            sent.Add(time.Elapsed);
        }
        return sent;
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
