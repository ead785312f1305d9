using System.Security.Cryptography;

namespace Libp2p;

/// <summary>ChaCha20-Poly1305 by the base class library.</summary>
internal sealed class BclChaCha20Poly1305(ReadOnlySpan<byte> key) : BclAeadCipher
{
    private readonly ChaCha20Poly1305 _cipher = new(key);

    public override void Dispose()
    {
        base.Dispose();
        _cipher.Dispose();
    }

    protected override void Encrypt(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext, Span<byte> tag, ReadOnlySpan<byte> associatedData) =>
        _cipher.Encrypt(nonce, plaintext, ciphertext, tag, associatedData);

    protected override void Decrypt(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag, Span<byte> plaintext, ReadOnlySpan<byte> associatedData) =>
        _cipher.Decrypt(nonce, ciphertext, tag, plaintext, associatedData);
}
