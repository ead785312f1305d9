namespace Libp2p;

/// <summary>
/// The seam behind <see cref="Ed25519"/> and <see cref="X25519"/>, which the base class library does not have.
/// One implementation calls OpenSSL 3, the other is managed; both answer alike for every input.
/// </summary>
internal abstract class CurveProvider
{
    /// <summary>The name for logs and diagnostics, such as <c>openssl</c> or <c>managed</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Derives the 32-byte public key of a 32-byte seed (RFC 8032 §5.1.5).</summary>
    public abstract void Ed25519PublicKey(ReadOnlySpan<byte> seed, Span<byte> publicKey);

    /// <summary>Signs with a 32-byte seed and its public key; the signature has 64 bytes (RFC 8032 §5.1.6).</summary>
    public abstract void Ed25519Sign(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, Span<byte> signature);

    /// <summary>Makes a 32-byte seed and its public key ready to sign many times, so that each signature is spared what is the same for all.</summary>
    /// <param name="seed">Not copied on the managed heap: whoever owns it wipes it, after the key was disposed.</param>
    /// <param name="publicKey">The 32 bytes that belong to the seed.</param>
    public virtual Ed25519SigningKey PrepareEd25519(ReadOnlyMemory<byte> seed, ReadOnlyMemory<byte> publicKey)
    {
        RequireLength(seed.Span, Ed25519.SeedLength, nameof(seed));
        RequireLength(publicKey.Span, Ed25519.PublicKeyLength, nameof(publicKey));
        return new SeedSigningKey(this, seed, publicKey);
    }

    /// <summary>
    /// Checks a signature (RFC 8032 §5.1.7); inputs of a wrong length are merely not valid. <see cref="Ed25519.Verify"/> does not
    /// come here but goes to <see cref="Ed25519Verifier"/>; the self-test and the tests that compare do.
    /// </summary>
    public abstract bool Ed25519Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature);

    /// <summary>Derives the 32-byte public key of a 32-byte private key (RFC 7748 §5).</summary>
    public abstract void X25519PublicKey(ReadOnlySpan<byte> privateKey, Span<byte> publicKey);

    /// <summary>Computes the shared secret; false where it is all zero, which a peer's point of low order gives (RFC 7748 §6.1).</summary>
    public abstract bool X25519Agree(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> peerPublicKey, Span<byte> sharedSecret);

    /// <summary>Throws where a caller's buffer has another length than the operation's; native code would read or write past it.</summary>
    private protected static void RequireLength(ReadOnlySpan<byte> buffer, int length, string name)
    {
        if (buffer.Length != length)
            throw new ArgumentException($"{buffer.Length} bytes were given where {length} are needed.", name);
    }
}
