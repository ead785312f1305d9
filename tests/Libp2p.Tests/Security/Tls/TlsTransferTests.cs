using System.Buffers;
using System.IO.Pipelines;
using Libp2p.Security.Tls;
using Libp2p.Testing;

namespace Libp2p.Tests.Security.Tls;

/// <summary>What travels after the handshake: records, their batching, and how an end is told from a cut.</summary>
public sealed class TlsTransferTests
{
    private static readonly TimeSpan Alive = PipeTransfer.Alive;

    [Fact]
    public async Task Small_writes_share_a_record_and_large_ones_fill_them()
    {
        await using var links = new LinkPair(pauseThreshold: 4 * 1024 * 1024);
        var (dialed, _) = await SecureAsync(links.Dialer, links.Listener);
        for (var i = 0; i < 100; i++)
            dialed.Output.Write(new byte[10]);
        await dialed.Output.FlushAsync();
        Assert.Equal([1000], await RecordsAsync(links.Listener));

        // As a muxer writes: frames with a header each, and one flush.
        for (var i = 0; i < 4; i++)
        {
            dialed.Output.GetMemory(65_548);
            dialed.Output.Advance(65_548);
        }
        await dialed.Output.FlushAsync();
        Assert.Equal([.. Enumerable.Repeat(TlsRecord.MaxPlaintext, 16), 48], await RecordsAsync(links.Listener));
    }

    [Fact]
    public async Task Nothing_is_held_while_nothing_comes()
    {
        using var pool = new BufferPool();
        await using var links = new LinkPair(pool);
        var (dialed, accepted) = await SecureAsync(links.Dialer, links.Listener);
        await dialed.Output.WriteAsync(new byte[100_000]);
        var received = 0L;
        while (received < 100_000)
        {
            var read = await accepted.Input.ReadAsync().AsTask().WaitAsync(Alive);
            received += read.Buffer.Length;
            accepted.Input.AdvanceTo(read.Buffer.End);
        }
        var waiting = accepted.Input.ReadAsync().AsTask();
        Assert.False(waiting.IsCompleted);
        // The link in memory keeps a segment for each direction; nothing else is out.
        Assert.InRange(pool.RentedBytes, 0, 2 * 4096);
        await dialed.Output.WriteAsync("x"u8.ToArray());
        Assert.Equal("x"u8.ToArray(), (await waiting.WaitAsync(Alive)).Buffer.ToArray());
    }

    [Fact]
    public async Task A_goodbye_ends_reading_though_the_link_stays_open()
    {
        await using var links = new LinkPair();
        var (dialed, accepted) = await SecureAsync(links.Dialer, links.Listener);
        dialed.Output.Write("last"u8.ToArray());
        await dialed.Output.FlushAsync();
        await dialed.Output.CompleteAsync();
        var read = await accepted.Input.ReadAtLeastAsync(4).AsTask().WaitAsync(Alive);
        accepted.Input.AdvanceTo(read.Buffer.End);
        Assert.True((await accepted.Input.ReadAsync().AsTask().WaitAsync(Alive)).IsCompleted);
        // The other direction is another's to end.
        await accepted.Output.WriteAsync("answer"u8.ToArray());
        Assert.Equal("answer"u8.ToArray(), (await dialed.Input.ReadAsync().AsTask().WaitAsync(Alive)).Buffer.ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    public async Task An_end_without_a_goodbye_is_a_cut(int bytesOfTheLastRecord)
    {
        await using var links = new LinkPair();
        var (_, accepted) = await SecureAsync(links.Dialer, links.Listener);
        links.Dialer.Output.Write(new byte[] { 23, 3, 3, 0, 100, 1, 2, 3, 4, 5 }.AsSpan(0, bytesOfTheLastRecord));
        await links.Dialer.Output.FlushAsync();
        await links.Dialer.Output.CompleteAsync();
        var error = await Assert.ThrowsAsync<Libp2pException>(() => accepted.Input.ReadAsync().AsTask().WaitAsync(Alive));
        Assert.Equal(Libp2pError.ConnectionClosed, error.Error);
        Assert.Contains("truncated", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_record_ends_the_connection()
    {
        var isArmed = false;
        await using var relay = new LinkRelay(fromDialer: async (from, to) =>
        {
            while (true)
            {
                var read = await from.ReadAsync();
                var bytes = read.Buffer.ToArray();
                if (Volatile.Read(ref isArmed))
                    bytes[^1] ^= 1;
                from.AdvanceTo(read.Buffer.End);
                await to.WriteAsync(bytes);
                if (read.IsCompleted)
                    break;
            }
        });
        var (dialed, accepted) = await SecureAsync(relay.Dialer, relay.Listener);
        Volatile.Write(ref isArmed, true);
        await dialed.Output.WriteAsync("changed on its way"u8.ToArray());
        var error = await Assert.ThrowsAsync<Libp2pException>(() => accepted.Input.ReadAsync().AsTask().WaitAsync(Alive));
        Assert.Equal(Libp2pError.ProtocolViolation, error.Error);
        Assert.Same(error, await Assert.ThrowsAsync<Libp2pException>(async () => await accepted.Output.WriteAsync(new byte[1])));
    }

    [Fact]
    public async Task What_was_not_flushed_is_dropped_at_the_end()
    {
        await using var links = new LinkPair();
        var (dialed, accepted) = await SecureAsync(links.Dialer, links.Listener);
        dialed.Output.Write("never"u8.ToArray());
        await dialed.DisposeAsync();
        var read = await accepted.Input.ReadAsync().AsTask().WaitAsync(Alive);
        Assert.True(read.IsCompleted);
        Assert.True(read.Buffer.IsEmpty);
    }

    [Fact]
    public async Task A_peer_that_takes_nothing_does_not_keep_us()
    {
        var time = new ManualTimeProvider();
        await using var links = new LinkPair(pauseThreshold: 100_000);
        var (dialed, _) = await SecureAsync(links.Dialer, links.Listener, time);
        dialed.Output.Write(new byte[200_000]);
        var flushing = dialed.Output.FlushAsync().AsTask();
        Assert.False(flushing.IsCompleted);
        await dialed.DisposeAsync().AsTask().WaitAsync(Alive);
        await Assert.ThrowsAnyAsync<Libp2pException>(() => flushing.WaitAsync(Alive));
    }

    /// <summary>The plaintext lengths of the records that have arrived.</summary>
    private static async Task<List<int>> RecordsAsync(Link link)
    {
        List<int> lengths = [];
        var buffer = (await link.Input.ReadAsync().AsTask().WaitAsync(Alive)).Buffer;
        while (TlsRecord.TryMeasure(buffer, out var length) && length > 0)
        {
            lengths.Add(length - TlsRecord.HeaderLength - 17); // type and tag
            buffer = buffer.Slice(length);
        }
        Assert.True(buffer.IsEmpty, "Half a record was flushed.");
        link.Input.AdvanceTo(buffer.End);
        return lengths;
    }

    private static async Task<(SecureLink Dialed, SecureLink Accepted)> SecureAsync(Link dialer, Link listener, TimeProvider? time = null)
    {
        var identity = Identity.Generate();
        var protocol = new TlsProtocol(timeProvider: time);
        var dialing = protocol.SecureAsync(dialer, new HandshakeContext(identity, Role.Dialer, null, []), CancellationToken.None).AsTask();
        var listening = protocol.SecureAsync(listener, new HandshakeContext(identity, Role.Listener, null, []), CancellationToken.None).AsTask();
        var dialed = await dialing.WaitAsync(Alive);
        await dialed.Output.FlushAsync();
        return (dialed, await listening.WaitAsync(Alive));
    }
}
