using System.Buffers.Binary;

namespace Libp2p.Security.Noise;

/// <summary>
/// The CipherState of the Noise specification (§5.1): a key and the counter that is its nonce. One direction of a
/// connection has one; only its owner seals or opens, while <see cref="Dispose"/> may come from any thread.
/// </summary>
internal sealed class NoiseCipher : IDisposable
{
    /// <summary>Bytes that sealing adds.</summary>
    public const int TagLength = AeadCipher.TagLength;

    private readonly AeadCipher _aead;
    private ulong _nonce;

    /// <summary>Creates it under a 32-byte key.</summary>
    /// <param name="key">32 secret bytes; a copy is kept until it is disposed.</param>
    /// <param name="nonce">The first counter; 0 except where a test goes to the end of the range.</param>
    public NoiseCipher(ReadOnlySpan<byte> key, ulong nonce = 0)
    {
        _aead = AeadCipher.CreateChaCha20Poly1305(key);
        _nonce = nonce;
    }

    /// <summary>True when every nonce was used: 2^64−1 is reserved (Noise §5.1), so 2^64−2 is the last.</summary>
    public bool IsExhausted => _nonce == ulong.MaxValue;

    /// <summary>Encrypts, and counts.</summary>
    /// <param name="plaintext">What is encrypted.</param>
    /// <param name="sealedText">16 bytes longer; may begin at the same address.</param>
    /// <param name="associatedData">What is authenticated beside it.</param>
    /// <exception cref="InvalidOperationException">The nonces are exhausted.</exception>
    public void Seal(ReadOnlySpan<byte> plaintext, Span<byte> sealedText, ReadOnlySpan<byte> associatedData = default)
    {
        if (IsExhausted)
            throw new InvalidOperationException("All nonces of this key are used.");
        Span<byte> nonce = stackalloc byte[AeadCipher.NonceLength];
        WriteNonce(nonce);
        _aead.Seal(nonce, plaintext, sealedText, associatedData);
        _nonce++;
    }

    /// <summary>Decrypts and authenticates. The counter moves only where the tag is good.</summary>
    /// <param name="sealedText">Ciphertext and tag.</param>
    /// <param name="plaintext">16 bytes shorter.</param>
    /// <param name="associatedData">What was authenticated beside it.</param>
    /// <exception cref="InvalidOperationException">The nonces are exhausted.</exception>
    /// <returns>False where the tag does not match.</returns>
    public bool TryOpen(ReadOnlySpan<byte> sealedText, Span<byte> plaintext, ReadOnlySpan<byte> associatedData = default)
    {
        if (IsExhausted)
            throw new InvalidOperationException("All nonces of this key are used.");
        Span<byte> nonce = stackalloc byte[AeadCipher.NonceLength];
        WriteNonce(nonce);
        if (!_aead.TryOpen(nonce, sealedText, plaintext, associatedData))
            return false;
        _nonce++;
        return true;
    }

    /// <summary>Forgets the key; sealing and opening throw <see cref="ObjectDisposedException"/> afterwards.</summary>
    public void Dispose() => _aead.Dispose();

    // Four zero bytes, then the counter in little endian (Noise §12.3).
    private void WriteNonce(Span<byte> nonce)
    {
        nonce[..4].Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(nonce[4..], _nonce);
    }
}
