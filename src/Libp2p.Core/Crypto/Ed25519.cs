namespace Libp2p;

/// <summary>Ed25519 signatures (RFC 8032, pure, without context).</summary>
public static class Ed25519
{
    /// <summary>Bytes of a private key's seed.</summary>
    public const int SeedLength = 32;

    /// <summary>Bytes of a public key.</summary>
    public const int PublicKeyLength = 32;

    /// <summary>Bytes of a signature.</summary>
    public const int SignatureLength = 64;

    /// <summary>Derives the public key of a seed.</summary>
    /// <param name="seed">32 secret bytes.</param>
    /// <param name="publicKey">Receives 32 bytes.</param>
    /// <exception cref="ArgumentException">The seed or the key's buffer has another length.</exception>
    public static void GetPublicKey(ReadOnlySpan<byte> seed, Span<byte> publicKey) =>
        CurveProviders.Current.Ed25519PublicKey(seed, publicKey);

    /// <summary>Signs a message.</summary>
    /// <param name="seed">32 secret bytes.</param>
    /// <param name="publicKey">
    /// The 32 bytes that belong to <paramref name="seed"/>. They are taken at the caller's word, and must never come from elsewhere:
    /// two signatures of one message under one seed but different public keys reveal the private key.
    /// </param>
    /// <param name="message">What is signed, of any length.</param>
    /// <param name="signature">Receives 64 bytes.</param>
    /// <exception cref="ArgumentException">The seed, the key or the signature's buffer has another length.</exception>
    public static void Sign(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, Span<byte> signature) =>
        CurveProviders.Current.Ed25519Sign(seed, publicKey, message, signature);

    /// <summary>Checks a signature. Inputs of a wrong length are not valid; nothing is thrown for them.</summary>
    /// <remarks>
    /// Without the cofactor; S must be below the group's order and R canonical. The public key is decoded as OpenSSL does it,
    /// which takes y modulo p and any sign of x = 0.
    /// </remarks>
    /// <param name="publicKey">32 bytes.</param>
    /// <param name="message">What was signed, of any length.</param>
    /// <param name="signature">64 bytes.</param>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        ManagedCurveProviders.IsReady()
            ? Ed25519Verifier.Shared.Verify(publicKey, message, signature)
            : CurveProviders.Current.Ed25519Verify(publicKey, message, signature);
}
