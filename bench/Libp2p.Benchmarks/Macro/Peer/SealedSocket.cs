using System.Buffers.Binary;
using System.Net.Sockets;

namespace Libp2p.Benchmarks.Macro.Peer;

/// <summary>
/// The limit of any stack on noise: a socket, ChaCha20-Poly1305 in the largest frames of noise, four a write, and nothing else; as
/// in a private network, XSalsa20 over all of that.
/// </summary>
internal sealed class SealedSocket(Socket socket, bool isPrivate) : IRawPipe
{
    private const int Header = 2;
    private const int MaxPlaintext = 65_519;
    private const int MaxFrame = Header + MaxPlaintext + AeadCipher.TagLength;
    private const int FramesPerWrite = 4;

    private static readonly byte[] Source = new byte[MaxPlaintext];

    private readonly AeadCipher _sealing = AeadCipher.CreateChaCha20Poly1305(new byte[32]);
    private readonly AeadCipher _opening = AeadCipher.CreateChaCha20Poly1305(new byte[32]);
    private readonly byte[] _out = new byte[FramesPerWrite * MaxFrame];
    private readonly byte[] _in = new byte[FramesPerWrite * MaxFrame];
    private readonly byte[] _nonce = new byte[AeadCipher.NonceLength];
    private readonly byte[] _openNonce = new byte[AeadCipher.NonceLength];
    private readonly Salsa20? _hiding = isPrivate ? Salsa20.CreateExtended(new byte[Salsa20.KeyLength], new byte[Salsa20.ExtendedNonceLength]) : null;
    private readonly Salsa20? _showing = isPrivate ? Salsa20.CreateExtended(new byte[Salsa20.KeyLength], new byte[Salsa20.ExtendedNonceLength]) : null;
    private ulong _sealed;
    private ulong _opened;

    public async ValueTask SendAsync(long count)
    {
        while (count > 0)
        {
            var used = 0;
            for (var i = 0; i < FramesPerWrite && count > 0; i++)
            {
                var length = (int)Math.Min(count, MaxPlaintext);
                used += Seal(_out.AsSpan(used), length);
                count -= length;
            }
            _hiding?.Apply(_out.AsSpan(0, used));
            for (var sent = 0; sent < used;)
                sent += await socket.SendAsync(_out.AsMemory(sent, used - sent));
        }
    }

    public async ValueTask ReceiveAsync(long count)
    {
        var filled = 0;
        while (count > 0)
        {
            var read = await socket.ReceiveAsync(_in.AsMemory(filled));
            if (read == 0)
                throw new IOException("The other side closed the connection.");
            _showing?.Apply(_in.AsSpan(filled, read));
            filled += read;
            var at = 0;
            while (Open(_in.AsSpan(at, filled - at), out var plaintext) is var frame and > 0)
            {
                at += frame;
                count -= plaintext;
            }
            _in.AsSpan(at, filled - at).CopyTo(_in);
            filled -= at;
        }
    }

    public void Dispose()
    {
        _sealing.Dispose();
        _opening.Dispose();
    }

    private int Seal(Span<byte> frame, int length)
    {
        BinaryPrimitives.WriteUInt16BigEndian(frame, (ushort)(length + AeadCipher.TagLength));
        var body = frame.Slice(Header, length + AeadCipher.TagLength);
        Source.AsSpan(0, length).CopyTo(body);
        BinaryPrimitives.WriteUInt64LittleEndian(_nonce.AsSpan(4), _sealed++);
        _sealing.Seal(_nonce, body[..length], body);
        return Header + body.Length;
    }

    /// <summary>Opens the first frame in place; gives its whole length, or 0 where it is not all there.</summary>
    private int Open(Span<byte> bytes, out int plaintext)
    {
        plaintext = 0;
        if (bytes.Length < Header)
            return 0;
        var length = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        if (bytes.Length < Header + length)
            return 0;
        var body = bytes.Slice(Header, length);
        plaintext = length - AeadCipher.TagLength;
        BinaryPrimitives.WriteUInt64LittleEndian(_openNonce.AsSpan(4), _opened++);
        if (!_opening.TryOpen(_openNonce, body, body[..plaintext]))
            throw new IOException("A frame does not open.");
        return Header + length;
    }
}
