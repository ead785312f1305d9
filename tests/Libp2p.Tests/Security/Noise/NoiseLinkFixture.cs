using System.Buffers;
using System.IO.Pipelines;
using Libp2p.Security.Noise;
using Libp2p.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Libp2p.Tests.Security.Noise;

/// <summary>A secured link as after a handshake, and in the test's hands the raw other end with the matching ciphers.</summary>
internal sealed class NoiseLinkFixture : IAsyncDisposable
{
    private static readonly Identity Someone = Identity.Generate();
    private readonly LinkPair _pair;

    public NoiseLinkFixture(int pauseThreshold = 4 * 1024 * 1024, bool isFlushPending = false, ulong nonce = 0)
    {
        _pair = new LinkPair(Pool, pauseThreshold);
        var (outbound, inbound) = (new byte[32], new byte[32]);
        inbound[0] = 1;
        RemoteSending = new NoiseCipher(inbound, nonce);
        RemoteReceiving = new NoiseCipher(outbound, nonce);
        Link = new NoiseSecureLink(
            _pair.Dialer,
            new NoiseProof(Someone.PeerId, Someone.PublicKey, Muxer: null),
            new NoiseCipher(outbound, nonce),
            new NoiseCipher(inbound, nonce),
            isFlushPending,
            NullLogger.Instance);
    }

    public BufferPool Pool { get; } = new();

    public NoiseSecureLink Link { get; }

    public Link Inner => _pair.Dialer;

    public Link Remote => _pair.Listener;

    public NoiseCipher RemoteSending { get; }

    public NoiseCipher RemoteReceiving { get; }

    /// <summary>The next frame of the other side, with its length.</summary>
    public byte[] Frame(ReadOnlySpan<byte> plaintext)
    {
        var message = new byte[plaintext.Length + NoiseCipher.TagLength];
        RemoteSending.Seal(plaintext, message);
        return ScriptedPeer.Framed(message);
    }

    public async Task SendAsync(params byte[][] frames)
    {
        foreach (var frame in frames)
            Remote.Output.Write(frame);
        await Remote.Output.FlushAsync();
    }

    /// <summary>All plaintext until the end.</summary>
    public async Task<byte[]> ReadToEndAsync()
    {
        var all = new ArrayBufferWriter<byte>();
        while (true)
        {
            var read = await Link.Input.ReadAsync();
            foreach (var segment in read.Buffer)
                all.Write(segment.Span);
            Link.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                return all.WrittenSpan.ToArray();
        }
    }

    /// <summary>The plaintexts of the frames that are at the other side now, in order.</summary>
    public List<byte[]> TakeFrames()
    {
        List<byte[]> frames = [];
        if (!Remote.Input.TryRead(out var read))
            return frames;
        var buffer = read.Buffer;
        while (NoiseFrame.TryReadWhole(buffer, out var length))
        {
            var plaintext = new byte[length - NoiseCipher.TagLength];
            Assert.True(RemoteReceiving.TryOpen(buffer.Slice(NoiseFrame.HeaderLength, length).ToArray(), plaintext));
            frames.Add(plaintext);
            buffer = buffer.Slice(NoiseFrame.HeaderLength + length);
        }
        Assert.True(buffer.IsEmpty, "Half a frame was flushed.");
        Remote.Input.AdvanceTo(buffer.Start);
        return frames;
    }

    public async ValueTask DisposeAsync()
    {
        await Link.DisposeAsync();
        await _pair.DisposeAsync();
        RemoteSending.Dispose();
        RemoteReceiving.Dispose();
    }
}
