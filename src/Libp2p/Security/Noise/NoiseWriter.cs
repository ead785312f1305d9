using System.Buffers;
using System.IO.Pipelines;

namespace Libp2p.Security.Noise;

/// <summary>Writes a secured link in frames of noise.</summary>
internal sealed class NoiseWriter(NoiseSecureLink link, PipeWriter inner, NoiseCipher cipher, DeferredFlush deferred, MemoryPool<byte> pool)
    : FrameWriter(link, inner, deferred, pool, NoiseFrame.HeaderLength, NoiseCipher.TagLength)
{
    protected override void Seal(Span<byte> frame)
    {
        if (cipher.IsExhausted)
            throw Link.Fail("All nonces of the connection are used: connect anew.");
        var message = frame[NoiseFrame.HeaderLength..];
        cipher.Seal(message[..^NoiseCipher.TagLength], message);
        NoiseFrame.WriteLength(frame, message.Length);
    }
}
