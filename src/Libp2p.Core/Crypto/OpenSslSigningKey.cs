namespace Libp2p;

/// <summary>
/// A key that libcrypto holds in a digest context. Each signature is made in a copy of it, which shares the key: to look up the algorithm
/// and to take in the key costs a signature's eighth, the copy next to nothing. What is copied is only read (openssl-threads(7)),
/// so threads need not wait for each other. From OpenSSL 3.2 on a context signs once, and 3.0.0 copies none, as the self-test finds.
/// </summary>
internal sealed class OpenSslSigningKey(nint context) : Ed25519SigningKey
{
    private readonly SigningContextHandle _context = new(context);

    /// <inheritdoc/>
    public override void Sign(ReadOnlySpan<byte> message, Span<byte> signature)
    {
        if (signature.Length != Ed25519.SignatureLength)
            throw new ArgumentException($"A signature has {Ed25519.SignatureLength} bytes, not {signature.Length}.", nameof(signature));
        var copy = LibCrypto.DigestContextNew();
        try
        {
            if (copy == 0 || LibCrypto.DigestContextCopy(copy, _context) != 1)
                throw LibCrypto.TakeError("copying a digest context");
            OpenSslCurveProvider.Sign(copy, message, signature);
        }
        finally
        {
            LibCrypto.DigestContextFree(copy);
        }
    }

    /// <inheritdoc/>
    public override void Dispose() => _context.Dispose();
}
