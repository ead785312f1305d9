using System.Security.Cryptography;

namespace Libp2p;

/// <summary>Chooses the implementation behind <see cref="AeadCipher"/>.</summary>
internal static class AeadCiphers
{
    public static AeadCipher CreateChaCha20Poly1305(ReadOnlySpan<byte> key) => new BclChaCha20Poly1305(key);

    public static AeadCipher CreateAesGcm(ReadOnlySpan<byte> key) => new BclAesGcm(key);

    private sealed class BclChaCha20Poly1305(ReadOnlySpan<byte> key) : AeadCipher
    {
        private readonly ChaCha20Poly1305 _cipher = new(key);

        public override void Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plaintext, Span<byte> sealedText, ReadOnlySpan<byte> associatedData = default) =>
            _cipher.Encrypt(nonce, plaintext, sealedText[..plaintext.Length], sealedText[plaintext.Length..], associatedData);

        public override bool TryOpen(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> sealedText, Span<byte> plaintext, ReadOnlySpan<byte> associatedData = default)
        {
            if (sealedText.Length < TagLength)
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

        public override void Dispose() => _cipher.Dispose();
    }

    private sealed class BclAesGcm(ReadOnlySpan<byte> key) : AeadCipher
    {
        private readonly AesGcm _cipher = new(key, TagLength);

        public override void Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plaintext, Span<byte> sealedText, ReadOnlySpan<byte> associatedData = default) =>
            _cipher.Encrypt(nonce, plaintext, sealedText[..plaintext.Length], sealedText[plaintext.Length..], associatedData);

        public override bool TryOpen(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> sealedText, Span<byte> plaintext, ReadOnlySpan<byte> associatedData = default)
        {
            if (sealedText.Length < TagLength)
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

        public override void Dispose() => _cipher.Dispose();
    }
}
