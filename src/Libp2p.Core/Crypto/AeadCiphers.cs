using System.Security.Cryptography;

namespace Libp2p;

/// <summary>Chooses the implementation behind <see cref="AeadCipher"/>: libcrypto 3 with a kept context, else the base class library.</summary>
internal static class AeadCiphers
{
    public static AeadCipher CreateChaCha20Poly1305(ReadOnlySpan<byte> key)
    {
        if (key.Length != 32)
            throw new ArgumentException($"A ChaCha20-Poly1305 key has 32 bytes, not {key.Length}.", nameof(key));
        if (!CurveProviders.ManagedForced && OpenSslAeadCipher.TryCreateChaCha20Poly1305(key) is { } cipher)
            return cipher;
        if (!ChaCha20Poly1305.IsSupported)
            throw new PlatformNotSupportedException("This system has no ChaCha20-Poly1305: install libcrypto 3, or use a system that has it.");
        return new BclChaCha20Poly1305(key);
    }

    public static AeadCipher CreateAesGcm(ReadOnlySpan<byte> key)
    {
        if (key.Length is not (16 or 32))
            throw new ArgumentException($"An AES-GCM key has 16 or 32 bytes, not {key.Length}.", nameof(key));
        if (!CurveProviders.ManagedForced && OpenSslAeadCipher.TryCreateAesGcm(key) is { } cipher)
            return cipher;
        return new BclAesGcm(key);
    }
}
