using System.Security.Cryptography;

namespace Libp2p;

/// <summary>ChaCha20-Poly1305 by the base class library.</summary>
internal sealed class BclChaCha20Poly1305(ReadOnlySpan<byte> key) : AeadCipher
{
    private readonly ChaCha20Poly1305 _cipher = new(key);
    private bool _disposed;

    public override void Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plaintext, Span<byte> sealedText, ReadOnlySpan<byte> associatedData = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        RequireSealable(nonce, plaintext, sealedText);
        _cipher.Encrypt(nonce, plaintext, sealedText[..plaintext.Length], sealedText[plaintext.Length..], associatedData);
    }

    public override bool TryOpen(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> sealedText, Span<byte> plaintext, ReadOnlySpan<byte> associatedData = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!IsOpenable(nonce, sealedText, plaintext))
            return false;
        try
        {
            _cipher.Decrypt(nonce, sealedText[..^TagLength], sealedText[^TagLength..], plaintext, associatedData);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    public override void Dispose()
    {
        _disposed = true;
        _cipher.Dispose();
    }
}
