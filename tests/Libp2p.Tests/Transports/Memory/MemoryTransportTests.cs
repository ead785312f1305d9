using Libp2p.Testing;
using Libp2p.Testing.Transports;
using Libp2p.Transports.Memory;

namespace Libp2p.Tests.Transports.Memory;

public sealed class MemoryTransportTests : LinkTransportConformanceTests
{
    readonly MemoryNetwork _network = new();

    protected override Multiaddress ListenAddress => Multiaddress.Parse("/memory/0");

    protected override long MostUnread => 512 * 1024;

    protected override ILinkTransport Create(BufferPool pool) => new MemoryTransport(pool, _network);

    [Fact]
    public async Task Networks_do_not_see_each_other()
    {
        await using var listener = await Create(Pool).ListenAsync(Multiaddress.Parse("/memory/7"), CancellationToken.None);
        Assert.Equal(Multiaddress.Parse("/memory/7"), listener.Address);
        var stranger = new MemoryTransport(Pool, new MemoryNetwork());
        var failure = await Assert.ThrowsAsync<Libp2pException>(() => stranger.DialAsync(listener.Address, CancellationToken.None).AsTask());
        Assert.Equal("connection refused: nobody listens on /memory/7", failure.Message);
    }

    [Fact]
    public async Task A_dial_waits_while_the_backlog_is_full()
    {
        var transport = new MemoryTransport(Pool, _network, new MemoryOptions { Backlog = 1 });
        await using var listener = await transport.ListenAsync(ListenAddress, CancellationToken.None);
        var first = await transport.DialAsync(listener.Address, CancellationToken.None);
        var second = transport.DialAsync(listener.Address, CancellationToken.None).AsTask();
        Assert.False(second.IsCompleted);
        await listener.AcceptAsync(CancellationToken.None);
        await (await second.WaitAsync(Alive)).DisposeAsync();
        await first.DisposeAsync();
    }

    [Fact]
    public async Task Links_that_were_never_accepted_end_with_the_listener()
    {
        var listener = await Create(Pool).ListenAsync(ListenAddress, CancellationToken.None);
        await using var link = await Create(Pool).DialAsync(listener.Address, CancellationToken.None);
        var reading = link.Input.ReadAsync().AsTask();
        await listener.DisposeAsync();
        await Assert.ThrowsAsync<Libp2pException>(() => reading.WaitAsync(Alive));
    }

    [Fact]
    public async Task The_other_end_has_failed_by_the_time_the_aborting_one_wakes()
    {
        // Whoever wakes completes its output, which must not look like the end in good order to the other side: many times, since it is a race.
        for (var i = 0; i < 200; i++)
        {
            await using var links = new LinkPair();
            var waking = WakeAsync(links);
            links.Dialer.Abort();
            var failure = await waking.WaitAsync(Alive);
            Assert.Contains("reset by the other side", failure.Message, StringComparison.Ordinal);
        }

        static async Task<Libp2pException> WakeAsync(LinkPair links)
        {
            await Assert.ThrowsAsync<Libp2pException>(() => links.Dialer.Input.ReadAsync().AsTask());
            await links.Dialer.Output.CompleteAsync();
            return await Assert.ThrowsAsync<Libp2pException>(() => links.Listener.Input.ReadAsync().AsTask());
        }
    }

    [Fact]
    public void Options_are_checked()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new MemoryTransport(Pool, null, new MemoryOptions { Backlog = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MemoryTransport(Pool, null, new MemoryOptions { PauseThreshold = 1 }));
    }
}
