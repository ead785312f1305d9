using System.Security.Cryptography;

namespace Libp2p;

/// <summary>Ed25519 identity keys: 32 public bytes; a private key is the seed and the public key, 64 bytes (old ones repeat the latter, 96).</summary>
internal static class Ed25519Keys
{
    const int PrivateLength = Ed25519.SeedLength + Ed25519.PublicKeyLength;
    const int OldPrivateLength = PrivateLength + Ed25519.PublicKeyLength;

    public static bool TryReadPublic(ReadOnlySpan<byte> data, out SignatureVerifier? verifier, out string? error)
    {
        verifier = null;
        error = data.Length == Ed25519.PublicKeyLength
            ? null
            : $"An Ed25519 public key has {Ed25519.PublicKeyLength} bytes, not {data.Length}.";
        if (error is null)
            verifier = new Verifier(data.ToArray());
        return error is null;
    }

    public static bool TryReadPrivate(ReadOnlySpan<byte> data, out PrivateKeyParts parts, out string? error)
    {
        parts = default;
        if (data.Length is not (PrivateLength or OldPrivateLength))
        {
            error = $"An Ed25519 private key has {PrivateLength} or {OldPrivateLength} bytes, not {data.Length}.";
            return false;
        }
        var seed = data[..Ed25519.SeedLength];
        Span<byte> publicKey = stackalloc byte[Ed25519.PublicKeyLength];
        Ed25519.GetPublicKey(seed, publicKey);
        for (var rest = data[Ed25519.SeedLength..]; !rest.IsEmpty; rest = rest[Ed25519.PublicKeyLength..])
        {
            if (!publicKey.SequenceEqual(rest[..Ed25519.PublicKeyLength]))
            {
                error = "The Ed25519 private key holds a public key that is not its own.";
                return false;
            }
        }
        parts = Create(data[..PrivateLength].ToArray());
        error = null;
        return true;
    }

    public static PrivateKeyParts Generate()
    {
        var data = new byte[PrivateLength];
        RandomNumberGenerator.Fill(data.AsSpan(0, Ed25519.SeedLength));
        Ed25519.GetPublicKey(data.AsSpan(0, Ed25519.SeedLength), data.AsSpan(Ed25519.SeedLength));
        return Create(data);
    }

    static PrivateKeyParts Create(byte[] data)
    {
        var publicKey = data[Ed25519.SeedLength..];
        return new(data, PublicKey.FromValid(KeyType.Ed25519, publicKey, new Verifier(publicKey)), new Ed25519Signer(data));
    }

    sealed class Verifier(byte[] publicKey) : SignatureVerifier
    {
        public override bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
            signature.Length == Ed25519.SignatureLength && Ed25519.Verify(publicKey, message, signature);
    }

    sealed class Ed25519Signer(byte[] data) : Signer
    {
        readonly Ed25519SigningKey _key = CurveProviders.Current.PrepareEd25519(data.AsMemory(0, Ed25519.SeedLength), data.AsMemory(Ed25519.SeedLength));
        bool _disposed;

        public override byte[] Sign(ReadOnlySpan<byte> message)
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed), typeof(PrivateKey));
            var signature = new byte[Ed25519.SignatureLength];
            _key.Sign(message, signature);
            return signature;
        }

        public override void Dispose()
        {
            Volatile.Write(ref _disposed, true);
            _key.Dispose();
            CryptographicOperations.ZeroMemory(data);
        }
    }
}
