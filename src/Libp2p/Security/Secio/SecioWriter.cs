using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;

namespace Libp2p.Security.Secio;

/// <summary>Writes a secured link in frames of SECIO. Its handshake leaves nothing unflushed.</summary>
internal sealed class SecioWriter(SecioSecureLink link, PipeWriter inner, SecioCipher cipher, MemoryPool<byte> pool)
    : FrameWriter(link, inner, new DeferredFlush(inner, isPending: false), pool, SecioReader.LengthLength, cipher.TagLength)
{
    private readonly SecioCipher _cipher = cipher;

    protected override void Seal(Span<byte> frame)
    {
        var body = frame[SecioReader.LengthLength..];
        _cipher.Seal(body[..^_cipher.TagLength], body[^_cipher.TagLength..]);
        BinaryPrimitives.WriteUInt32BigEndian(frame, (uint)body.Length);
    }
}
