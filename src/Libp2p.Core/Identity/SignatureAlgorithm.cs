namespace Libp2p;

/// <summary>Checks signatures of one public key. Safe for any number of threads; a bad signature is a false.</summary>
internal abstract class SignatureVerifier
{
    public abstract bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature);
}

/// <summary>Signs with one private key, whose secrets it wipes when disposed. Safe for any number of threads until then.</summary>
internal abstract class Signer : IDisposable
{
    public abstract byte[] Sign(ReadOnlySpan<byte> message);

    public abstract void Dispose();
}

/// <summary>A private key that was read or made: its data in the form we write, its public half, and what signs with it.</summary>
internal readonly record struct PrivateKeyParts(byte[] Data, PublicKey PublicKey, Signer Signer);
