namespace Libp2p;

/// <summary>X25519 key agreement (RFC 7748).</summary>
public static class X25519
{
    /// <summary>Bytes of a private key, a public key and a shared secret alike.</summary>
    public const int KeyLength = 32;

    /// <summary>Derives the public key of a private key.</summary>
    /// <param name="privateKey">32 secret bytes.</param>
    /// <param name="publicKey">Receives 32 bytes.</param>
    /// <exception cref="ArgumentException">A buffer has another length.</exception>
    public static void GetPublicKey(ReadOnlySpan<byte> privateKey, Span<byte> publicKey)
    {
        // With vectors, a third of libcrypto's time, and constant as well.
        var provider = EdwardsVector.IsSupported && ManagedCurveProviders.IsReady() ? ManagedCurveProviders.Current : CurveProviders.Current;
        provider.X25519PublicKey(privateKey, publicKey);
    }

    /// <summary>Computes the shared secret of two keys.</summary>
    /// <param name="privateKey">32 secret bytes.</param>
    /// <param name="peerPublicKey">32 bytes from the peer.</param>
    /// <param name="sharedSecret">Receives 32 bytes.</param>
    /// <exception cref="ArgumentException">A buffer has another length.</exception>
    /// <returns>False where the secret would be all zero (RFC 7748 §6.1): the caller must end the handshake.</returns>
    public static bool TryAgree(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> peerPublicKey, Span<byte> sharedSecret) =>
        CurveProviders.Current.X25519Agree(privateKey, peerPublicKey, sharedSecret);
}
