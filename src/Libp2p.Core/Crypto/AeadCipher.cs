namespace Libp2p;

/// <summary>
/// Authenticated encryption under one key with the context kept between calls, which doubles the speed of small frames.
/// Not safe for use by two threads at once: keep one for each direction.
/// </summary>
public abstract class AeadCipher : IDisposable
{
    /// <summary>Bytes of a nonce, for every algorithm here.</summary>
    public const int NonceLength = 12;

    /// <summary>Bytes of a tag, for every algorithm here.</summary>
    public const int TagLength = 16;

    /// <summary>Creates ChaCha20-Poly1305 (RFC 8439) under a 32-byte key.</summary>
    /// <param name="key">32 secret bytes; a copy is kept until <see cref="Dispose"/>.</param>
    /// <exception cref="ArgumentException">The key has another length.</exception>
    /// <exception cref="PlatformNotSupportedException">Neither libcrypto 3 nor the platform has the algorithm.</exception>
    public static AeadCipher CreateChaCha20Poly1305(ReadOnlySpan<byte> key) => AeadCiphers.CreateChaCha20Poly1305(key);

    /// <summary>Creates AES-GCM (NIST SP 800-38D, 12-byte nonce, 16-byte tag) under a 16- or 32-byte key.</summary>
    /// <param name="key">16 or 32 secret bytes; a copy is kept until <see cref="Dispose"/>.</param>
    /// <exception cref="ArgumentException">The key has another length.</exception>
    public static AeadCipher CreateAesGcm(ReadOnlySpan<byte> key) => AeadCiphers.CreateAesGcm(key);

    /// <summary>Encrypts.</summary>
    /// <param name="nonce">12 bytes, never twice under one key.</param>
    /// <param name="plaintext">What is encrypted.</param>
    /// <param name="sealedText">Receives the ciphertext and its 16-byte tag: exactly 16 bytes longer than <paramref name="plaintext"/>. May begin at the same address, must not overlap otherwise.</param>
    /// <param name="associatedData">What is authenticated beside it.</param>
    /// <exception cref="ArgumentException">A nonce or a destination of a wrong length, or buffers that overlap otherwise.</exception>
    /// <exception cref="ObjectDisposedException">The cipher is disposed.</exception>
    public abstract void Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plaintext, Span<byte> sealedText, ReadOnlySpan<byte> associatedData = default);

    /// <summary>Decrypts and authenticates.</summary>
    /// <param name="nonce">The 12 bytes that sealed it.</param>
    /// <param name="sealedText">Ciphertext and tag.</param>
    /// <param name="plaintext">Receives exactly 16 bytes less than <paramref name="sealedText"/> has. May begin at the same address, must not overlap otherwise. What it holds after a false answer is not to be read.</param>
    /// <param name="associatedData">What was authenticated beside it.</param>
    /// <exception cref="ArgumentException">A nonce or a destination of a wrong length, or buffers that overlap otherwise.</exception>
    /// <exception cref="ObjectDisposedException">The cipher is disposed.</exception>
    /// <returns>False where the tag does not match or the input is shorter than a tag.</returns>
    public abstract bool TryOpen(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> sealedText, Span<byte> plaintext, ReadOnlySpan<byte> associatedData = default);

    /// <summary>Forgets the key. May be called more than once; every other call afterwards throws <see cref="ObjectDisposedException"/>.</summary>
    public abstract void Dispose();

    /// <summary>Checks what the caller must keep to, so that no implementation reads or writes past a buffer.</summary>
    private protected static void RequireSealable(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> sealedText)
    {
        RequireNonce(nonce);
        if (sealedText.Length - TagLength != plaintext.Length)
            throw new ArgumentException($"The sealed text takes {TagLength} bytes more than the plaintext's {plaintext.Length}, but has {sealedText.Length}.", nameof(sealedText));
        RequireApart(plaintext, sealedText);
    }

    /// <summary>Checks the caller's side of opening; false where the sealed text, which is the peer's side, is too short to have a tag.</summary>
    private protected static bool IsOpenable(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> sealedText, ReadOnlySpan<byte> plaintext)
    {
        RequireNonce(nonce);
        if (sealedText.Length < TagLength)
            return false;
        if (sealedText.Length - TagLength != plaintext.Length)
            throw new ArgumentException($"The plaintext takes {TagLength} bytes less than the sealed text's {sealedText.Length}, but has {plaintext.Length}.", nameof(plaintext));
        RequireApart(sealedText, plaintext);
        return true;
    }

    private static void RequireNonce(ReadOnlySpan<byte> nonce)
    {
        if (nonce.Length != NonceLength)
            throw new ArgumentException($"A nonce has {NonceLength} bytes, not {nonce.Length}.", nameof(nonce));
    }

    private static void RequireApart(ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination)
    {
        if (source.Overlaps(destination, out var offset) && offset != 0)
            throw new ArgumentException("Source and destination overlap without beginning at the same address.", nameof(destination));
    }
}
