namespace Libp2p;

/// <summary>An Ed25519 private key that is ready to sign, by any number of threads at once until it is disposed.</summary>
internal abstract class Ed25519SigningKey : IDisposable
{
    /// <summary>Signs a message of any length; the signature has 64 bytes.</summary>
    /// <exception cref="ArgumentException">The signature's buffer has another length.</exception>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public abstract void Sign(ReadOnlySpan<byte> message, Span<byte> signature);

    /// <summary>Wipes what was copied of the secret.</summary>
    public abstract void Dispose();
}
