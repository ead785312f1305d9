using System.Security.Cryptography;
using Xunit;

namespace Libp2p.Testing.Transports;

/// <summary>What every transport of links must do. Derive from it and give the transport and its addresses.</summary>
public abstract class LinkTransportConformanceTests
{
    /// <summary>How long anything may take before it counts as hung.</summary>
    protected static readonly TimeSpan Alive = PipeTransfer.Alive;

    /// <summary>The pool of the transports.</summary>
    protected BufferPool Pool { get; } = new();

    /// <summary>Makes a transport; all of one test reach each other.</summary>
    protected abstract ILinkTransport Create(BufferPool pool);

    /// <summary>An address to listen on that takes a free port.</summary>
    protected abstract Multiaddress ListenAddress { get; }

    /// <summary>An address that the transport does not take.</summary>
    protected virtual Multiaddress ForeignAddress => Multiaddress.Parse("/ip4/127.0.0.1/udp/4001/quic-v1");

    /// <summary>Whether a peer id may stand at the end of the transport's addresses.</summary>
    protected virtual bool NamesPeers => true;

    /// <summary>Whether a listener's address is more than what was asked for: a port that was free.</summary>
    protected virtual bool ChoosesAddress => true;

    /// <summary>What may be in flight on a link that nobody reads, in bytes.</summary>
    protected virtual long MostUnread => 64 * 1024 * 1024;

    /// <summary>Two ends of a link, and the listener that gave one of them.</summary>
    protected async Task<(Link Dialer, Link Listener, IListener<Link> Source)> ConnectAsync(Multiaddress? address = null)
    {
        var transport = Create(Pool);
        var listener = await transport.ListenAsync(address ?? ListenAddress, CancellationToken.None);
        var accepting = listener.AcceptAsync(CancellationToken.None).AsTask();
        var dialer = await Create(Pool).DialAsync(listener.Address, CancellationToken.None).AsTask().WaitAsync(Alive);
        var accepted = await accepting.WaitAsync(Alive);
        Assert.NotNull(accepted);
        return (dialer, accepted, listener);
    }

    [Fact]
    public async Task It_takes_its_own_addresses_only()
    {
        var transport = Create(Pool);
        Assert.True(transport.Handles(ListenAddress));
        Assert.False(transport.Handles(ForeignAddress));
        if (NamesPeers)
        {
            Assert.True(transport.Handles(ListenAddress.Encapsulate(Multiaddress.Parse($"/p2p/{Identity.Generate().PeerId}"))));
            Assert.False(transport.Handles(ListenAddress.Encapsulate(Multiaddress.Parse("/ws"))));
        }
        await Task.CompletedTask;
    }

    [Fact]
    public async Task Each_end_knows_both_addresses()
    {
        var (dialer, accepted, listener) = await ConnectAsync();
        await using var d = dialer;
        await using var a = accepted;
        await using var l = listener;
        Assert.Equal(ChoosesAddress, ListenAddress != listener.Address);
        Assert.Equal(listener.Address, dialer.RemoteAddress);
        Assert.Equal(listener.Address, accepted.LocalAddress);
        Assert.Equal(dialer.LocalAddress, accepted.RemoteAddress);
        Assert.Same(Pool, dialer.Pool);
    }

    [Fact]
    public async Task A_peer_id_at_the_end_of_the_address_is_ignored()
    {
        await using var listener = await Create(Pool).ListenAsync(ListenAddress, CancellationToken.None);
        var address = NamesPeers ? listener.Address.Encapsulate(Multiaddress.Parse($"/p2p/{Identity.Generate().PeerId}")) : listener.Address;
        await using var link = await Create(Pool).DialAsync(address, CancellationToken.None);
        Assert.Equal(listener.Address, link.RemoteAddress);
    }

    [Fact]
    public async Task Each_direction_ends_on_its_own()
    {
        var (dialer, accepted, listener) = await ConnectAsync();
        await using var d = dialer;
        await using var a = accepted;
        await using var l = listener;
        await dialer.Output.WriteAsync("question"u8.ToArray());
        await dialer.Output.CompleteAsync();
        Assert.Equal("question"u8.ToArray(), await PipeTransfer.ReadToEndAsync(accepted.Input));
        await accepted.Output.WriteAsync("answer"u8.ToArray());
        await accepted.Output.CompleteAsync();
        Assert.Equal("answer"u8.ToArray(), await PipeTransfer.ReadToEndAsync(dialer.Input));
    }

    [Fact]
    public async Task Nothing_leaves_before_a_flush_and_then_all_of_it()
    {
        var (dialer, accepted, listener) = await ConnectAsync();
        await using var d = dialer;
        await using var a = accepted;
        await using var l = listener;
        var reading = accepted.Input.ReadAsync().AsTask();
        "un"u8.CopyTo(dialer.Output.GetSpan(2));
        dialer.Output.Advance(2);
        "flushed"u8.CopyTo(dialer.Output.GetSpan(7));
        dialer.Output.Advance(7);
        Assert.Equal(9, dialer.Output.UnflushedBytes);
        Assert.False(reading.IsCompleted);
        await dialer.Output.FlushAsync();
        var read = await reading.WaitAsync(Alive);
        accepted.Input.AdvanceTo(read.Buffer.Start);
        Assert.Equal("unflushed"u8.ToArray(), await PipeTransfer.ReadExactlyAsync(accepted.Input, 9));
    }

    [Fact]
    public async Task Large_data_passes_both_ways_at_once()
    {
        var (dialer, accepted, listener) = await ConnectAsync();
        await using var d = dialer;
        await using var a = accepted;
        await using var l = listener;
        var (there, back) = (TestRandom.Bytes(16_000_003, 1), TestRandom.Bytes(9_000_011, 2));
        var (atListener, atDialer) = (PipeTransfer.HashToEndAsync(accepted.Input), PipeTransfer.HashToEndAsync(dialer.Input));
        await Task.WhenAll(PipeTransfer.SendAsync(dialer.Output, there, 3, complete: true), PipeTransfer.SendAsync(accepted.Output, back, 4, complete: true)).WaitAsync(Alive);
        Assert.Equal(SHA256.HashData(there), (await atListener).Hash);
        Assert.Equal(SHA256.HashData(back), (await atDialer).Hash);
    }

    [Fact]
    public async Task A_writer_whose_reader_does_not_read_stops()
    {
        var (dialer, accepted, listener) = await ConnectAsync();
        await using var d = dialer;
        await using var a = accepted;
        await using var l = listener;
        var piece = new byte[64 * 1024];
        long flushed = 0;
        Task flush;
        while (true)
        {
            flush = dialer.Output.WriteAsync(piece).AsTask();
            // That nothing happens can only be seen by waiting a while; too short a wait makes the test weaker, never wrong.
            if (await Task.WhenAny(flush, Task.Delay(500)) != flush)
                break;
            flushed += piece.Length;
            Assert.True(flushed <= MostUnread, $"{flushed} bytes were taken although nobody reads.");
        }
        Assert.True(Pool.RentedBytes <= MostUnread, $"{Pool.RentedBytes} bytes are rented.");
        var reading = PipeTransfer.HashToEndAsync(accepted.Input, flushed + piece.Length);
        await flush.WaitAsync(Alive);
        Assert.Equal(flushed + piece.Length, (await reading).Length);
    }

    [Fact]
    public async Task What_was_flushed_arrives_although_the_link_is_disposed()
    {
        var (dialer, accepted, listener) = await ConnectAsync();
        await using var a = accepted;
        await using var l = listener;
        var bytes = TestRandom.Bytes(100_000);
        await dialer.Output.WriteAsync(bytes);
        await dialer.DisposeAsync();
        Assert.Equal(bytes, await PipeTransfer.ReadToEndAsync(accepted.Input));
    }

    [Fact]
    public async Task Abort_fails_reads_and_writes_with_its_reason_and_ends_the_other_side()
    {
        var (dialer, accepted, listener) = await ConnectAsync();
        await using var d = dialer;
        await using var a = accepted;
        await using var l = listener;
        var reason = new Libp2pException(Libp2pError.Timeout, "too slow");
        var reading = dialer.Input.ReadAsync().AsTask();
        dialer.Abort(reason);
        dialer.Abort();
        Assert.Same(reason, await Assert.ThrowsAsync<Libp2pException>(() => reading.WaitAsync(Alive)));
        Assert.Same(reason, await Assert.ThrowsAsync<Libp2pException>(() => dialer.Input.ReadAsync().AsTask().WaitAsync(Alive)));
        Assert.Same(reason, await Assert.ThrowsAsync<Libp2pException>(async () => await dialer.Output.WriteAsync(new byte[1])));
        // A reset or an end, as the transport has it: in either case the other side does not wait.
        var ended = await Record.ExceptionAsync(async () => Assert.True((await accepted.Input.ReadAsync().AsTask().WaitAsync(Alive)).IsCompleted));
        Assert.True(ended is null or Libp2pException { Error: Libp2pError.ConnectionClosed }, $"{ended}");
    }

    [Fact]
    public async Task Abort_frees_a_writer_that_waits()
    {
        var (dialer, accepted, listener) = await ConnectAsync();
        await using var d = dialer;
        await using var a = accepted;
        await using var l = listener;
        var writing = PipeTransfer.SendAsync(dialer.Output, new byte[MostUnread + 1]);
        var reason = new Libp2pException(Libp2pError.Timeout, "too slow");
        dialer.Abort(reason);
        Assert.Same(reason, await Assert.ThrowsAsync<Libp2pException>(() => writing.WaitAsync(Alive)));
    }

    [Fact]
    public async Task A_writer_learns_that_the_other_side_is_gone()
    {
        var (dialer, accepted, listener) = await ConnectAsync();
        await using var d = dialer;
        await using var l = listener;
        await accepted.DisposeAsync();
        var failure = await Assert.ThrowsAsync<Libp2pException>(() => PipeTransfer.SendAsync(dialer.Output, new byte[MostUnread + 1]).WaitAsync(Alive));
        Assert.Equal(Libp2pError.ConnectionClosed, failure.Error);
    }

    [Fact]
    public async Task A_cancelled_read_can_be_repeated()
    {
        var (dialer, accepted, listener) = await ConnectAsync();
        await using var d = dialer;
        await using var a = accepted;
        await using var l = listener;
        using var cancellation = new CancellationTokenSource();
        var reading = dialer.Input.ReadAsync(cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(Alive));
        Assert.Equal(cancellation.Token, cancelled.CancellationToken);
        await accepted.Output.WriteAsync("later"u8.ToArray());
        Assert.Equal("later"u8.ToArray(), await PipeTransfer.ReadExactlyAsync(dialer.Input, 5));
    }

    [Fact]
    public async Task Dials_and_accepts_are_cancelled_with_the_callers_token()
    {
        using var cancellation = new CancellationTokenSource();
        await using var listener = await Create(Pool).ListenAsync(ListenAddress, CancellationToken.None);
        var accepting = listener.AcceptAsync(cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        var accept = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => accepting.WaitAsync(Alive));
        Assert.Equal(cancellation.Token, accept.CancellationToken);
        var dial = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Create(Pool).DialAsync(listener.Address, cancellation.Token).AsTask().WaitAsync(Alive));
        Assert.Equal(cancellation.Token, dial.CancellationToken);
    }

    [Fact]
    public async Task Nobody_there_is_said_in_one_line()
    {
        var listener = await Create(Pool).ListenAsync(ListenAddress, CancellationToken.None);
        await listener.DisposeAsync();
        var failure = await Assert.ThrowsAsync<Libp2pException>(() => Create(Pool).DialAsync(listener.Address, CancellationToken.None).AsTask().WaitAsync(Alive));
        Assert.Equal(Libp2pError.Unreachable, failure.Error);
        Assert.Contains("nobody listens", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    [Fact]
    public async Task Two_listeners_on_one_address_are_refused()
    {
        await using var listener = await Create(Pool).ListenAsync(ListenAddress, CancellationToken.None);
        foreach (var transport in new[] { Create(Pool), Create(Pool) })
        {
            var failure = await Assert.ThrowsAsync<Libp2pException>(() => transport.ListenAsync(listener.Address, CancellationToken.None).AsTask().WaitAsync(Alive));
            Assert.Equal(Libp2pError.ListenFailed, failure.Error);
            Assert.Contains($"{listener.Address}", failure.Message, StringComparison.Ordinal);
            Assert.Contains("in use", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_listener_starts_again_on_the_address_it_has_just_left()
    {
        var (dialer, accepted, listener) = await ConnectAsync();
        await using var stillOpen = dialer;
        // The side that closes first is the one that keeps the address busy for a while.
        await accepted.DisposeAsync();
        await listener.DisposeAsync();
        await using var again = await Create(Pool).ListenAsync(listener.Address, CancellationToken.None);
        Assert.Equal(listener.Address, again.Address);
        await using var link = await Create(Pool).DialAsync(again.Address, CancellationToken.None);
    }

    [Fact]
    public async Task A_closed_listener_accepts_nothing()
    {
        var listener = await Create(Pool).ListenAsync(ListenAddress, CancellationToken.None);
        var accepting = listener.AcceptAsync(CancellationToken.None).AsTask();
        await listener.DisposeAsync();
        await listener.DisposeAsync();
        Assert.Null(await accepting.WaitAsync(Alive));
        Assert.Null(await listener.AcceptAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_hundred_links_at_once()
    {
        await using var listener = await Create(Pool).ListenAsync(ListenAddress, CancellationToken.None);
        var accepting = Task.Run(async () =>
        {
            for (var i = 0; i < 100; i++)
            {
                var link = await listener.AcceptAsync(CancellationToken.None);
                Assert.NotNull(link);
                await link.Output.WriteAsync(await PipeTransfer.ReadExactlyAsync(link.Input, 4));
                await link.DisposeAsync();
            }
        });
        var transport = Create(Pool);
        await Task.WhenAll(Enumerable.Range(0, 100).Select(async i =>
        {
            await using var link = await transport.DialAsync(listener.Address, CancellationToken.None);
            await link.Output.WriteAsync(BitConverter.GetBytes(i));
            Assert.Equal(BitConverter.GetBytes(i), await PipeTransfer.ReadExactlyAsync(link.Input, 4));
        })).WaitAsync(Alive);
        await accepting.WaitAsync(Alive);
    }

    [Fact]
    public async Task Disposal_leaks_no_memory_and_may_be_repeated()
    {
        var (dialer, accepted, listener) = await ConnectAsync();
        await dialer.Output.WriteAsync(new byte[100_000]);
        var read = await accepted.Input.ReadAsync();
        accepted.Input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        accepted.Output.GetMemory(10_000);
        for (var i = 0; i < 2; i++)
        {
            await dialer.DisposeAsync();
            await accepted.DisposeAsync();
            await listener.DisposeAsync();
            dialer.Abort();
        }
        Assert.Equal(0, Pool.RentedBytes);
    }
}
