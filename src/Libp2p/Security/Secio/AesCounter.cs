using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;

namespace Libp2p.Security.Secio;

/// <summary>AES in counter mode (NIST SP 800-38A, 6.5), which .NET does not have: the key stream is made by its ECB, a piece at a time.</summary>
internal sealed class AesCounter : IDisposable
{
    /// <summary>Bytes of a block, and so of the first counter.</summary>
    public const int BlockLength = 16;

    private const int PieceLength = 256 * BlockLength;

    private readonly Aes _aes = Aes.Create();
    private readonly byte[] _counters = new byte[PieceLength];
    private readonly byte[] _stream = new byte[PieceLength];
    private UInt128 _next;
    private int _used = PieceLength;

    /// <summary>Begins a key stream.</summary>
    /// <param name="key">16 or 32 secret bytes.</param>
    /// <param name="counter">The first counter block.</param>
    public AesCounter(byte[] key, ReadOnlySpan<byte> counter)
    {
        _aes.Key = key;
        _next = BinaryPrimitives.ReadUInt128BigEndian(counter);
    }

    /// <summary>Encrypts or decrypts, which is the same, and moves on in the key stream.</summary>
    /// <param name="source">Any number of bytes.</param>
    /// <param name="destination">As many; may be the same.</param>
    public void Apply(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        while (!source.IsEmpty)
        {
            if (_used == PieceLength)
                Refill();
            var count = Math.Min(source.Length, PieceLength - _used);
            Xor(source[..count], _stream.AsSpan(_used, count), destination);
            _used += count;
            source = source[count..];
            destination = destination[count..];
        }
    }

    public void Dispose()
    {
        _aes.Dispose();
        CryptographicOperations.ZeroMemory(_stream);
        _used = PieceLength;
    }

    private void Refill()
    {
        for (var at = 0; at < PieceLength; at += BlockLength)
            BinaryPrimitives.WriteUInt128BigEndian(_counters.AsSpan(at), _next++);
        _aes.EncryptEcb(_counters, _stream, PaddingMode.None);
        _used = 0;
    }

    private static void Xor(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> destination)
    {
        var at = 0;
        for (; at <= left.Length - Vector<byte>.Count; at += Vector<byte>.Count)
            (new Vector<byte>(left[at..]) ^ new Vector<byte>(right[at..])).CopyTo(destination[at..]);
        for (; at < left.Length; at++)
            destination[at] = (byte)(left[at] ^ right[at]);
    }
}
