using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Libp2p;

/// <summary>
/// An AEAD by OpenSSL 3 whose context lives as long as the instance: setting a nonce costs a fraction of setting up a context,
/// which is most of the price of a small frame.
/// </summary>
internal sealed unsafe class OpenSslAeadCipher : AeadCipher
{
    private const int ControlGetTag = 0x10;
    private const int ControlSetTag = 0x11;

    private static readonly nint ChaCha20Poly1305 = Fetch("ChaCha20-Poly1305\0"u8);
    private static readonly nint Aes128Gcm = Fetch("AES-128-GCM\0"u8);
    private static readonly nint Aes256Gcm = Fetch("AES-256-GCM\0"u8);

    private readonly CipherContextHandle _context = new();

    private OpenSslAeadCipher(nint cipher, ReadOnlySpan<byte> key)
    {
        fixed (byte* keyPointer = key)
        {
            if (LibCrypto.CipherInit(_context.DangerousGetHandle(), cipher, 0, keyPointer, null, 1) != 1)
            {
                var error = LibCrypto.TakeError("setting a cipher's key");
                _context.Dispose();
                throw error;
            }
        }
    }

    /// <summary>Creates ChaCha20-Poly1305 under a 32-byte key; null where libcrypto 3 or the algorithm in it is absent.</summary>
    public static OpenSslAeadCipher? TryCreateChaCha20Poly1305(ReadOnlySpan<byte> key) =>
        ChaCha20Poly1305 == 0 ? null : new(ChaCha20Poly1305, key);

    /// <summary>Creates AES-GCM under a 16- or 32-byte key; null where libcrypto 3 or the algorithm in it is absent.</summary>
    public static OpenSslAeadCipher? TryCreateAesGcm(ReadOnlySpan<byte> key)
    {
        var cipher = key.Length == 16 ? Aes128Gcm : Aes256Gcm;
        return cipher == 0 ? null : new(cipher, key);
    }

    /// <inheritdoc/>
    public override void Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plaintext, Span<byte> sealedText, ReadOnlySpan<byte> associatedData = default)
    {
        RequireSealable(nonce, plaintext, sealedText);
        var held = false;
        try
        {
            // A reference for the length of the call: a Dispose from elsewhere then cannot free the context under it.
            _context.DangerousAddRef(ref held);
            var context = _context.DangerousGetHandle();
            fixed (byte* source = plaintext)
            fixed (byte* destination = sealedText)
            {
                if (!TryRun(context, nonce, associatedData, source, destination, plaintext.Length, encrypt: 1)
                    || LibCrypto.CipherControl(context, ControlGetTag, TagLength, destination + plaintext.Length) != 1)
                {
                    throw LibCrypto.TakeError("sealing");
                }
            }
        }
        finally
        {
            if (held)
                _context.DangerousRelease();
        }
    }

    /// <inheritdoc/>
    public override bool TryOpen(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> sealedText, Span<byte> plaintext, ReadOnlySpan<byte> associatedData = default)
    {
        var held = false;
        try
        {
            _context.DangerousAddRef(ref held);
            if (!IsOpenable(nonce, sealedText, plaintext))
                return false;
            var context = _context.DangerousGetHandle();
            fixed (byte* source = sealedText)
            fixed (byte* destination = plaintext)
            {
                if (TryRun(context, nonce, associatedData, source, destination, plaintext.Length, encrypt: 0))
                    return true;
            }
            LibCrypto.ErrorClear();
            CryptographicOperations.ZeroMemory(plaintext);
            return false;
        }
        finally
        {
            if (held)
                _context.DangerousRelease();
        }
    }

    /// <inheritdoc/>
    public override void Dispose() => _context.Dispose();

    // When opening, the tag follows the source.
    private static bool TryRun(nint context, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, byte* source, byte* destination, int length, int encrypt)
    {
        int written;
        var none = stackalloc byte[1];
        fixed (byte* noncePointer = nonce)
        {
            if (LibCrypto.CipherInit(context, 0, 0, null, noncePointer, encrypt) != 1)
                return false;
        }
        if (encrypt == 0 && LibCrypto.CipherControl(context, ControlSetTag, TagLength, source + length) != 1)
            return false;
        if (!associatedData.IsEmpty)
        {
            fixed (byte* associated = associatedData)
            {
                if (LibCrypto.CipherUpdate(context, null, &written, associated, associatedData.Length) != 1)
                    return false;
            }
        }
        if (length != 0 && (LibCrypto.CipherUpdate(context, destination, &written, source, length) != 1 || written != length))
            return false;
        return LibCrypto.CipherFinal(context, none, &written) == 1;
    }

    private static nint Fetch(ReadOnlySpan<byte> name)
    {
        if (!LibCrypto.IsPresent())
            return 0;
        // Literals lie in the image and never move. What is fetched is kept for the life of the process.
        var cipher = LibCrypto.CipherFetch(0, (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(name)), null);
        if (cipher == 0)
            LibCrypto.ErrorClear();
        return cipher;
    }
}
