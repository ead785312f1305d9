using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Libp2p.Security.Secio;
using Libp2p.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Libp2p.Tests.Security.Secio;

/// <summary>What an attacker does between two sides, in the handshake and after it.</summary>
public sealed class SecioLinkTests
{
    const int Proposal = 0;
    const int Exchange = 1;
    const int Nonce = 2;

    [Theory]
    [InlineData(Proposal)]
    [InlineData(Exchange)]
    [InlineData(Nonce)]
    public async Task A_handshake_that_is_changed_anywhere_fails(int message)
    {
        foreach (var where in new[] { 0, 0.1, 0.3, 0.5, 0.7, 0.9, 1 })
        {
            await using var relay = new LinkRelay(Change(message, where));
            var both = Task.WhenAll(SecureAsync(relay.Dialer, Role.Dialer), SecureAsync(relay.Listener, Role.Listener));
            await Assert.ThrowsAnyAsync<Libp2pException>(() => both.WaitAsync(PipeTransfer.Alive));
        }
    }

    [Fact]
    public async Task A_frame_that_is_changed_ends_the_connection()
    {
        foreach (var at in new[] { 0, 5, 8, 40 })
        {
            await using var pair = new Pair();
            await pair.Sender.Output.WriteAsync(new byte[10]);
            var frame = await TakeFrameAsync(pair.Wire);
            frame[4 + (at % (frame.Length - 4))] ^= 1;
            await pair.Into.WriteAsync(frame);
            var failure = await Assert.ThrowsAsync<Libp2pException>(() => pair.Receiver.Input.ReadAsync().AsTask().WaitAsync(PipeTransfer.Alive));
            Assert.Equal(Libp2pError.ProtocolViolation, failure.Error);
            await Assert.ThrowsAsync<Libp2pException>(async () => await pair.Receiver.Output.WriteAsync(new byte[1]));
        }
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(31u)]
    [InlineData(0x80_0000u)]
    [InlineData(uint.MaxValue)]
    public async Task A_length_out_of_bounds_ends_the_connection_before_the_frame(uint length)
    {
        await using var pair = new Pair();
        var head = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(head, length);
        await pair.Into.WriteAsync(head);
        var failure = await Assert.ThrowsAsync<Libp2pException>(() => pair.Receiver.Input.ReadAsync().AsTask().WaitAsync(PipeTransfer.Alive));
        Assert.Contains("announced", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_large_frame_that_never_comes_costs_no_memory()
    {
        await using var pair = new Pair();
        var before = pair.Pool.RentedBytes;
        await pair.Into.WriteAsync(new byte[] { 0x00, 0x7f, 0xff, 0xff, 1, 2, 3 });
        var reading = pair.Receiver.Input.ReadAsync().AsTask();
        Assert.False(reading.IsCompleted);
        Assert.InRange(pair.Pool.RentedBytes - before, 0, 64 * 1024);
        await pair.Into.CompleteAsync();
        var failure = await Assert.ThrowsAsync<Libp2pException>(() => reading.WaitAsync(PipeTransfer.Alive));
        Assert.Contains("truncated", failure.Message, StringComparison.Ordinal);
        await pair.Receiver.Input.CompleteAsync();
        await pair.DisposeAsync();
        Assert.Equal(0, pair.Pool.RentedBytes);
    }

    /// <summary>js-libp2p puts all that waits into one frame: much more than ours, and cut by the network where it likes.</summary>
    [Fact]
    public async Task A_frame_of_megabytes_is_read_whole()
    {
        var suite = new SecioSuite("P-256", "AES-128", "SHA512", true);
        var keys = new SecioKeys(new byte[16], new byte[16], new byte[20]);
        await using var links = new LinkPair(pauseThreshold: 16 << 20);
        using var sealing = new SecioCipher(suite, keys);
        using var identity = Identity.Generate();
        await using var link = new SecioSecureLink(
            links.Listener, identity.PublicKey, new SecioCipher(suite, keys), new SecioCipher(suite, keys), SecioOptions.LongestFrame,
            NullLogger.Instance);
        var body = TestRandom.Bytes(5_000_000);
        var frame = new byte[4 + body.Length + 64];
        BinaryPrimitives.WriteUInt32BigEndian(frame, (uint)(body.Length + 64));
        body.CopyTo(frame, 4);
        sealing.Seal(frame.AsSpan(4, body.Length), frame.AsSpan(4 + body.Length));
        var sending = PipeTransfer.SendAsync(links.Dialer.Output, frame);
        Assert.Equal(body, await PipeTransfer.ReadExactlyAsync(link.Input, body.Length));
        await sending;
    }

    [Fact]
    public async Task An_ephemeral_key_off_the_curve_is_refused()
    {
        await using var links = new LinkPair();
        using var identity = Identity.Generate();
        var securing = SecureAsync(links.Listener, Role.Listener);
        var ours = new SecioProposal(new byte[16], identity.PublicKey.ToProtobuf(), "P-256", "AES-128", "SHA256");
        var oursBytes = SecioCodec.Encode(ours);
        await SendAsync(links.Dialer, oursBytes);
        var theirsBytes = (await TakeFrameAsync(links.Dialer.Input))[4..];
        var point = new byte[65];
        (point[0], point[32], point[64]) = (4, 1, 1);
        await SendAsync(links.Dialer, SecioCodec.Encode(new SecioExchange(point, identity.Sign([.. oursBytes, .. theirsBytes, .. point]))));
        var failure = await Assert.ThrowsAsync<Libp2pException>(() => securing.WaitAsync(PipeTransfer.Alive));
        Assert.Contains("no point of P-256", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handshake_message_beyond_the_limit_is_refused_before_it_comes()
    {
        await using var links = new LinkPair();
        var securing = SecureAsync(links.Listener, Role.Listener);
        await links.Dialer.Output.WriteAsync(new byte[] { 0x7f, 0xff, 0xff, 0xff });
        var failure = await Assert.ThrowsAsync<Libp2pException>(() => securing.WaitAsync(PipeTransfer.Alive));
        Assert.Contains("2147483647 bytes", failure.Message, StringComparison.Ordinal);
    }

    static async Task SendAsync(Link link, byte[] message)
    {
        var head = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(head, message.Length);
        await link.Output.WriteAsync((byte[])[.. head, .. message]);
    }

    static async Task<byte[]> TakeFrameAsync(PipeReader wire)
    {
        var head = await PipeTransfer.ReadExactlyAsync(wire, 4);
        return [.. head, .. await PipeTransfer.ReadExactlyAsync(wire, BinaryPrimitives.ReadInt32BigEndian(head))];
    }

    static async Task SecureAsync(Link link, Role role)
    {
        await Task.Yield();
        using var identity = Identity.Generate();
        try
        {
            await new SecioProtocol().SecureAsync(link, new HandshakeContext(identity, role, null, []), CancellationToken.None);
        }
        catch
        {
            link.Abort();
            throw;
        }
    }

    /// <summary>Passes the three messages of the handshake, a bit changed in one of them.</summary>
    static LinkPump Change(int message, double where) => async (from, to) =>
    {
        try
        {
            for (var i = Proposal; i <= Nonce; i++)
            {
                var frame = await TakeFrameAsync(from);
                if (i == message)
                    frame[4 + (int)((frame.Length - 5) * where)] ^= 0x10;
                await to.WriteAsync(frame);
            }
        }
        catch (EndOfStreamException)
        {
            // One side has given up: what the test is about.
        }
    };

    /// <summary>A sender and a receiver under the same keys, on two links, with the test between them.</summary>
    sealed class Pair : IAsyncDisposable
    {
        readonly LinkPair _near;
        readonly LinkPair _far;

        public Pair()
        {
            (_near, _far) = (new LinkPair(Pool), new LinkPair(Pool));
            using var identity = Identity.Generate();
            (Sender, Receiver) = (Secure(_near.Dialer, identity), Secure(_far.Listener, identity));
        }

        public BufferPool Pool { get; } = new();

        public SecioSecureLink Sender { get; }

        public SecioSecureLink Receiver { get; }

        public PipeReader Wire => _near.Listener.Input;

        public PipeWriter Into => _far.Dialer.Output;

        public async ValueTask DisposeAsync()
        {
            await Sender.DisposeAsync();
            await Receiver.DisposeAsync();
            await _near.DisposeAsync();
            await _far.DisposeAsync();
        }

        static SecioSecureLink Secure(Link link, Identity identity)
        {
            var suite = new SecioSuite("P-256", "AES-256", "SHA256", true);
            var keys = new SecioKeys(new byte[16], new byte[32], new byte[20]);
            return new SecioSecureLink(
                link, identity.PublicKey, new SecioCipher(suite, keys), new SecioCipher(suite, keys), SecioOptions.LongestFrame,
                NullLogger.Instance);
        }
    }
}
