using Libp2p.Security.Tls;
using Libp2p.Testing;
using Libp2p.Tests.Transports.WebSocket;

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

    /// <summary>The two users of it: <c>/tls/1.0.0</c>, and the TLS under a WebSocket.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_link_that_opens_a_record_says_its_goodbye_afterwards(bool isTls)
    {
        await using var pair = await TlsPair.ConnectAsync(isTls);
        await pair.Other.Output.WriteAsync("record"u8.ToArray());
        var (before, after) = (0L, 0L);
        pair.Carrier.OnTaken = () =>
        {
            before = pair.Carrier.Written;
            pair.Link.Output.Complete();
            after = pair.Carrier.Written;
        };
        Assert.Equal("record"u8.ToArray(), await PipeTransfer.ReadExactlyAsync(pair.Link.Input, 6));
        Assert.True(before > 0, "The handshake came this way.");
        Assert.Equal(before, after);
        Assert.Empty(await PipeTransfer.ReadToEndAsync(pair.Other.Input));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_link_that_says_its_goodbye_opens_a_record_afterwards(bool isTls)
    {
        await using var pair = await TlsPair.ConnectAsync(isTls);
        await pair.Other.Output.WriteAsync("record"u8.ToArray());
        Task<byte[]>? reading = null;
        var isRead = false;
        pair.Carrier.OnWritten = () =>
        {
            reading = PipeTransfer.ReadExactlyAsync(pair.Link.Input, 6);
            isRead = reading.IsCompleted;
        };
        pair.Link.Output.Complete();
        Assert.False(isRead);
        Assert.Equal("record"u8.ToArray(), await reading!);
    }

    /// <summary>Both ends of a secured link in memory, and what carries the first of them.</summary>
    private sealed record TlsPair(LinkPair Links, HookedLink Carrier, Link Link, Link Other) : IAsyncDisposable
    {
        public static async Task<TlsPair> ConnectAsync(bool isTls)
        {
            var links = new LinkPair();
            var carrier = new HookedLink(links.Dialer);
            var listening = isTls ? SecureAsync(links.Listener, Role.Listener) : AcceptAsync(links.Listener);
            var dialed = await (isTls ? SecureAsync(carrier, Role.Dialer) : DialAsync(carrier)).WaitAsync(PipeTransfer.Alive);
            await dialed.Output.FlushAsync();
            return new TlsPair(links, carrier, dialed, await listening.WaitAsync(PipeTransfer.Alive));
        }

        public async ValueTask DisposeAsync()
        {
            await Link.DisposeAsync();
            await Other.DisposeAsync();
            await Links.DisposeAsync();
        }

        private static async Task<Link> SecureAsync(Link link, Role role) =>
            await new TlsProtocol().SecureAsync(link, new HandshakeContext(Identity.Generate(), role, null, []), default);

        private static async Task<Link> AcceptAsync(Link link) => await TlsLinks.AcceptAsync(link);

        private static async Task<Link> DialAsync(Link link) => await TlsLinks.DialAsync(link);
    }
}
