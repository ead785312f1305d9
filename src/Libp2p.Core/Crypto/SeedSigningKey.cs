namespace Libp2p;

/// <summary>A seed and its public key, for a provider that gains nothing by keeping more.</summary>
internal sealed class SeedSigningKey(CurveProvider provider, ReadOnlyMemory<byte> seed, ReadOnlyMemory<byte> publicKey) : Ed25519SigningKey
{
    private bool _disposed;

    /// <inheritdoc/>
    public override void Sign(ReadOnlySpan<byte> message, Span<byte> signature)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed), this);
        provider.Ed25519Sign(seed.Span, publicKey.Span, message, signature);
    }

    /// <inheritdoc/>
    public override void Dispose() => Volatile.Write(ref _disposed, true);
}
