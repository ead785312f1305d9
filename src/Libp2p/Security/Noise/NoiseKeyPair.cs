using System.Security.Cryptography;

namespace Libp2p.Security.Noise;

/// <summary>An X25519 key pair: the static one of a node, or the ephemeral one of a handshake.</summary>
internal sealed class NoiseKeyPair : IDisposable
{
    private readonly byte[] _private;
    private readonly byte[] _public = new byte[X25519.KeyLength];

    /// <summary>The pair of a private key.</summary>
    /// <param name="privateKey">32 secret bytes; a copy is kept.</param>
    public NoiseKeyPair(ReadOnlySpan<byte> privateKey)
    {
        _private = privateKey.ToArray();
        X25519.GetPublicKey(_private, _public);
    }

    /// <summary>The public half.</summary>
    public ReadOnlySpan<byte> Public => _public;

    /// <summary>Makes a new pair from the operating system's randomness.</summary>
    public static NoiseKeyPair Generate()
    {
        Span<byte> privateKey = stackalloc byte[X25519.KeyLength];
        RandomNumberGenerator.Fill(privateKey);
        var pair = new NoiseKeyPair(privateKey);
        CryptographicOperations.ZeroMemory(privateKey);
        return pair;
    }

    /// <summary>Computes the secret shared with another's public key; false where it would be all zero.</summary>
    public bool TryAgree(ReadOnlySpan<byte> publicKey, Span<byte> secret) => X25519.TryAgree(_private, publicKey, secret);

    /// <summary>Wipes the secret half.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(_private);
}
