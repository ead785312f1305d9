using System.Security.Cryptography;

namespace Libp2p;

/// <summary>AES-GCM by the base class library.</summary>
internal sealed class BclAesGcm(ReadOnlySpan<byte> key) : AeadCipher
{
    private readonly AesGcm _cipher = new(key, TagLength);
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
