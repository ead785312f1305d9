using Libp2p.Swarm;
using Libp2p.Testing;

namespace Libp2p.Tests.Swarm;

public class AttemptSlotsTests
{
    static readonly TimeSpan Alive = PipeTransfer.Alive;

    [Fact]
    public async Task Turns_come_in_order()
    {
        var slots = new AttemptSlots(2);
        await slots.EnterAsync(default);
        await slots.EnterAsync(default);
        var waiting = Enumerable.Range(0, 5).Select(_ => slots.EnterAsync(default)).ToArray();
        for (var i = 0; i < waiting.Length; i++)
        {
            Assert.All(waiting[i..], w => Assert.False(w.IsCompleted));
            slots.Leave();
            await waiting[i].WaitAsync(Alive);
        }
    }

    [Fact]
    public async Task Whoever_is_cancelled_leaves_the_line_and_holds_nothing()
    {
        var slots = new AttemptSlots(1);
        await slots.EnterAsync(default);
        using var source = new CancellationTokenSource();
        var (leaving, staying) = (slots.EnterAsync(source.Token), slots.EnterAsync(default));
        await source.CancelAsync();
        var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        Assert.Equal(source.Token, thrown.CancellationToken);
        slots.Leave();
        await staying.WaitAsync(Alive);
        slots.Leave();
        Assert.True(slots.EnterAsync(default).IsCompletedSuccessfully);
        Assert.False(slots.EnterAsync(default).IsCompleted);
    }

    [Fact]
    public void A_cancelled_token_takes_nothing()
    {
        var slots = new AttemptSlots(1);
        Assert.True(slots.EnterAsync(new CancellationToken(true)).IsCanceled);
        Assert.True(slots.EnterAsync(default).IsCompletedSuccessfully);
    }
}
