using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;
using Xunit;

namespace Libp2p.Testing.Security;

/// <summary>What every security protocol must do. Derive from it and give the protocol.</summary>
public abstract class SecurityConformanceTests
{
    /// <summary>How long anything may take before it counts as hung.</summary>
    private static readonly TimeSpan Alive = PipeTransfer.Alive;

    /// <summary>Makes the protocol anew.</summary>
    protected abstract ISecurityProtocol Create();

    [Fact]
    public async Task Bytes_pass_both_ways()
    {
        await using var links = new LinkPair();
        await using var secured = await SecureAsync(links.Dialer, links.Listener);
        await secured.Dialer.Output.WriteAsync("over"u8.ToArray());
        Assert.Equal("over"u8.ToArray(), await ReadExactlyAsync(secured.Listener.Input, 4));
        await secured.Listener.Output.WriteAsync("and back"u8.ToArray());
        Assert.Equal("and back"u8.ToArray(), await ReadExactlyAsync(secured.Dialer.Input, 8));
    }

    [Fact]
    public async Task Both_sides_learn_who_the_other_is()
    {
        using var dialer = Identity.Generate();
        using var listener = Identity.Generate();
        await using var links = new LinkPair();
        await using var secured = await SecureAsync(links.Dialer, links.Listener, dialer, listener, expectedOfDialer: listener.PeerId);
        Assert.Equal(listener.PeerId, secured.Dialer.RemotePeer);
        Assert.Equal(listener.PublicKey, secured.Dialer.RemoteKey);
        Assert.Equal(dialer.PeerId, secured.Listener.RemotePeer);
        Assert.Equal(dialer.PublicKey, secured.Listener.RemoteKey);
        Assert.Equal(Create().Id, secured.Dialer.Security);
        Assert.Equal(Create().Id, secured.Listener.Security);
    }

    [Fact]
    public async Task The_dialer_refuses_another_peer_than_the_expected()
    {
        using var listener = Identity.Generate();
        using var other = Identity.Generate();
        await using var links = new LinkPair();
        var (dialing, listening) = Start(links.Dialer, links.Listener, listener: listener, expectedOfDialer: other.PeerId);
        var mismatch = await Assert.ThrowsAsync<PeerIdMismatchException>(() => dialing.WaitAsync(Alive));
        Assert.Equal(other.PeerId, mismatch.Expected);
        Assert.Equal(listener.PeerId, mismatch.Actual);
        // A listener may be done before the dialler judges it: then its first read tells.
        await Assert.ThrowsAnyAsync<Libp2pException>(() => UseAsync(listening).WaitAsync(Alive));
    }

    [Fact]
    public async Task The_listener_refuses_another_peer_than_the_expected()
    {
        using var dialer = Identity.Generate();
        using var other = Identity.Generate();
        await using var links = new LinkPair();
        var (dialing, listening) = Start(links.Dialer, links.Listener, dialer, expectedOfListener: other.PeerId);
        var usingIt = UseAsync(dialing);
        var mismatch = await Assert.ThrowsAsync<PeerIdMismatchException>(() => listening.WaitAsync(Alive));
        Assert.Equal(dialer.PeerId, mismatch.Actual);
        await Assert.ThrowsAnyAsync<Libp2pException>(() => usingIt.WaitAsync(Alive));
    }

    [Theory]
    [InlineData(Role.Dialer)]
    [InlineData(Role.Listener)]
    public async Task A_handshake_that_is_cut_anywhere_fails(Role cutSender)
    {
        // First a whole one, to learn how many bytes there are to be cut.
        var (passed, total) = (0L, 0L);
        await using (var counting = Relay(cutSender, LinkRelay.AtMost(long.MaxValue, count => Volatile.Write(ref passed, count))))
        await using (await SecureAsync(counting.Dialer, counting.Listener))
        {
            // Before they close, for which a protocol may have bytes of its own.
            total = Volatile.Read(ref passed);
        }

        // Signatures and certificates differ by some bytes from one handshake to the next.
        foreach (var limit in new[] { 0, 1, total / 4, total / 2, total * 3 / 4, total - 32 })
        {
            await using var relay = Relay(cutSender, LinkRelay.AtMost(limit));
            var (dialing, listening) = Start(relay.Dialer, relay.Listener);
            // A dialler may be done before its last bytes are lost: then its first read tells.
            var usingIt = UseAsync(dialing);
            await Assert.ThrowsAnyAsync<Libp2pException>(() => (cutSender == Role.Dialer ? listening : usingIt).WaitAsync(Alive));
            await Assert.ThrowsAnyAsync<Libp2pException>(() => Task.WhenAll(usingIt, listening).WaitAsync(Alive));
        }
    }

    [Theory]
    [InlineData(Role.Dialer)]
    [InlineData(Role.Listener)]
    public async Task Cancelling_ends_the_handshake(Role role)
    {
        await using var links = new LinkPair();
        using var identity = Identity.Generate();
        using var cancellation = new CancellationTokenSource();
        var link = role == Role.Dialer ? links.Dialer : links.Listener;
        var handshake = Create().SecureAsync(link, new HandshakeContext(identity, role, null, []), cancellation.Token).AsTask();
        Assert.False(handshake.IsCompleted);
        await cancellation.CancelAsync();
        var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => handshake.WaitAsync(Alive));
        Assert.Equal(cancellation.Token, exception.CancellationToken);
    }

    [Fact]
    public async Task Large_data_passes_both_ways_at_once()
    {
        const int Length = 8 * 1024 * 1024;
        await using var links = new LinkPair();
        await using var secured = await SecureAsync(links.Dialer, links.Listener);
        await Task.WhenAll(
            SendAndCompareAsync(secured.Dialer, secured.Listener, Length, seed: 1),
            SendAndCompareAsync(secured.Listener, secured.Dialer, Length, seed: 2)).WaitAsync(Alive);
    }

    [Fact]
    public async Task The_end_of_the_other_side_ends_reading()
    {
        await using var links = new LinkPair();
        var secured = await SecureAsync(links.Dialer, links.Listener);
        await secured.Listener.Output.WriteAsync("last"u8.ToArray());
        await secured.Listener.DisposeAsync();
        Assert.Equal("last"u8.ToArray(), await ReadExactlyAsync(secured.Dialer.Input, 4));
        var end = await secured.Dialer.Input.ReadAsync().AsTask().WaitAsync(Alive);
        Assert.True(end.IsCompleted);
        Assert.True(end.Buffer.IsEmpty);
        await secured.Dialer.DisposeAsync();
    }

    [Fact]
    public async Task Aborting_fails_a_pending_read_with_the_reason()
    {
        await using var links = new LinkPair();
        await using var secured = await SecureAsync(links.Dialer, links.Listener);
        var reading = secured.Dialer.Input.ReadAsync().AsTask();
        var reason = new Libp2pException(Libp2pError.Timeout, "too slow");
        secured.Dialer.Abort(reason);
        secured.Dialer.Abort();
        Assert.Same(reason, await Assert.ThrowsAsync<Libp2pException>(() => reading.WaitAsync(Alive)));
        Assert.Same(reason, await Assert.ThrowsAsync<Libp2pException>(async () => await secured.Dialer.Output.WriteAsync(new byte[1])));
        await Assert.ThrowsAsync<Libp2pException>(() => secured.Listener.Input.ReadAsync().AsTask().WaitAsync(Alive));
    }

    [Fact]
    public async Task All_memory_returns_to_the_pool()
    {
        using var pool = new BufferPool();
        var links = new LinkPair(pool);
        var secured = await SecureAsync(links.Dialer, links.Listener);
        await SendAndCompareAsync(secured.Dialer, secured.Listener, 1024 * 1024, seed: 3).WaitAsync(Alive);
        secured.Dialer.Input.Complete();
        secured.Listener.Input.Complete();
        await secured.DisposeAsync();
        await links.DisposeAsync();
        Assert.Equal(0, pool.RentedBytes);
    }

    private static LinkRelay Relay(Role sender, LinkPump pump) => sender == Role.Dialer ? new LinkRelay(fromDialer: pump) : new LinkRelay(fromListener: pump);

    private static async Task UseAsync(Task<SecureLink> securing)
    {
        var link = await securing;
        var read = await link.Input.ReadAsync();
        if (read.IsCompleted)
            throw new Libp2pException(Libp2pError.ConnectionClosed, "The other side ended the connection.");
    }

    private (Task<SecureLink> Dialing, Task<SecureLink> Listening) Start(
        Link dialerLink, Link listenerLink, Identity? dialer = null, Identity? listener = null, PeerId? expectedOfDialer = null, PeerId? expectedOfListener = null) =>
        (OneAsync(dialerLink, new HandshakeContext(dialer ?? Identity.Generate(), Role.Dialer, expectedOfDialer, [])),
            OneAsync(listenerLink, new HandshakeContext(listener ?? Identity.Generate(), Role.Listener, expectedOfListener, [])));

    private async Task<SecureLink> OneAsync(Link link, HandshakeContext context)
    {
        await Task.Yield();
        try
        {
            return await Create().SecureAsync(link, context, CancellationToken.None);
        }
        catch
        {
            // As whoever upgrades a link does.
            link.Abort();
            throw;
        }
    }

    private async Task<SecuredPair> SecureAsync(Link dialerLink, Link listenerLink, Identity? dialer = null, Identity? listener = null, PeerId? expectedOfDialer = null)
    {
        var (dialing, listening) = Start(dialerLink, listenerLink, dialer, listener, expectedOfDialer);
        var dialed = await dialing.WaitAsync(Alive);
        // What the handshake left for the next flush must not keep the listener waiting.
        await dialed.Output.FlushAsync();
        return new SecuredPair(dialed, await listening.WaitAsync(Alive));
    }

    private static async Task SendAndCompareAsync(SecureLink from, SecureLink to, int length, int seed)
    {
        var random = new Random(seed);
        var bytes = new byte[length];
        random.NextBytes(bytes);
        var sending = SendAsync(from.Output, bytes, random);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var received = 0L;
        while (received < length)
        {
            var read = await to.Input.ReadAsync();
            foreach (var segment in read.Buffer)
                hash.AppendData(segment.Span);
            received += read.Buffer.Length;
            to.Input.AdvanceTo(read.Buffer.End);
            Assert.True(received == length || !read.IsCompleted, $"The link ended after {received} of {length} bytes.");
        }
        await sending;
        Assert.Equal(length, received);
        Assert.Equal(SHA256.HashData(bytes), hash.GetHashAndReset());
    }

    private static async Task SendAsync(PipeWriter output, ReadOnlyMemory<byte> bytes, Random random)
    {
        await Task.Yield();
        while (!bytes.IsEmpty)
        {
            var piece = bytes[..Math.Min(bytes.Length, random.Next(1, 1 << random.Next(1, 19)))];
            await output.WriteAsync(piece);
            bytes = bytes[piece.Length..];
        }
    }

    private static async Task<byte[]> ReadExactlyAsync(PipeReader input, int length)
    {
        var read = await input.ReadAtLeastAsync(length).AsTask().WaitAsync(Alive);
        var bytes = read.Buffer.Slice(0, length).ToArray();
        input.AdvanceTo(read.Buffer.GetPosition(length));
        return bytes;
    }

    private sealed record SecuredPair(SecureLink Dialer, SecureLink Listener) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Dialer.DisposeAsync();
            await Listener.DisposeAsync();
        }
    }
}
