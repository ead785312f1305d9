using Libp2p.Security.Tls;
using Libp2p.Testing;

namespace Libp2p.Tests.Security.Tls;

/// <summary>
/// A shutdown of an <c>SslStream</c> beside its reading corrupts the memory of the process: some thousand connections that were closed
/// by both sides at once ended it.
/// </summary>
public sealed class SslTurnTests
{
    private static readonly byte[] Record = [23, 3, 3, 0, 1, 42];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whoever_waits_for_the_link_gives_the_turn_away_and_goes_on_when_it_is_back(bool isTls)
    {
        await using var links = new LinkPair(new BufferPool());
        var turn = new SslTurn();
        await using Stream stream = isTls ? new TlsLinkStream(links.Listener, turn) : new LinkStream(links.Listener, turn);
        var reading = stream.ReadAsync(new byte[100]).AsTask();
        await turn.TakeAsync().WaitAsync(PipeTransfer.Alive);
        await links.Dialer.Output.WriteAsync(Record);
        // That nothing happens can only be seen by waiting a while; too short a wait makes the test weaker, never wrong.
        for (var i = 0; i < 1000; i++)
            await Task.Yield();
        Assert.False(reading.IsCompleted);
        turn.Give();
        Assert.Equal(Record.Length, await reading.WaitAsync(PipeTransfer.Alive));
        var next = turn.TakeAsync();
        Assert.False(next.IsCompleted);
        turn.Give();
        await next.WaitAsync(PipeTransfer.Alive);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whoever_gives_up_waiting_has_the_turn_again(bool isTls)
    {
        await using var links = new LinkPair(new BufferPool());
        var turn = new SslTurn();
        await using Stream stream = isTls ? new TlsLinkStream(links.Listener, turn) : new LinkStream(links.Listener, turn);
        using var cancellation = new CancellationTokenSource();
        var reading = stream.ReadAsync(new byte[100], cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(PipeTransfer.Alive));
        Assert.False(turn.TakeAsync().IsCompleted);
    }
}
