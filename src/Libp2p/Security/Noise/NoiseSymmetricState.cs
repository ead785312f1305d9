using System.Security.Cryptography;

namespace Libp2p.Security.Noise;

/// <summary>The SymmetricState of the Noise specification (§5.2) with SHA-256 and ChaChaPoly: chaining key, transcript hash, current cipher.</summary>
internal sealed class NoiseSymmetricState : IDisposable
{
    private readonly byte[] _chainingKey = new byte[SHA256.HashSizeInBytes];
    private readonly byte[] _hash = new byte[SHA256.HashSizeInBytes];
    private readonly IncrementalHash _sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private NoiseCipher? _cipher;

    /// <summary>Begins with the protocol's name, which must not be longer than a hash: it is then the hash itself, padded with zeros.</summary>
    public NoiseSymmetricState(ReadOnlySpan<byte> protocolName)
    {
        protocolName.CopyTo(_hash);
        _hash.CopyTo(_chainingKey, 0);
    }

    /// <summary>The hash of the whole handshake so far.</summary>
    public ReadOnlySpan<byte> Hash => _hash;

    /// <summary>Bytes that <see cref="Seal"/> adds at this point of the handshake.</summary>
    public int Overhead => _cipher is null ? 0 : NoiseCipher.TagLength;

    public void MixHash(ReadOnlySpan<byte> data)
    {
        _sha256.AppendData(_hash);
        _sha256.AppendData(data);
        _sha256.GetHashAndReset(_hash);
    }

    public void MixKey(ReadOnlySpan<byte> material)
    {
        Span<byte> output = stackalloc byte[2 * SHA256.HashSizeInBytes];
        Derive(material, output);
        output[..SHA256.HashSizeInBytes].CopyTo(_chainingKey);
        _cipher?.Dispose();
        _cipher = new NoiseCipher(output[SHA256.HashSizeInBytes..]);
        CryptographicOperations.ZeroMemory(output);
    }

    /// <summary>EncryptAndHash: plain as long as there is no key.</summary>
    /// <param name="plaintext">What is encrypted; must not overlap the destination.</param>
    /// <param name="destination">Exactly <see cref="Overhead"/> bytes longer.</param>
    public void Seal(ReadOnlySpan<byte> plaintext, Span<byte> destination)
    {
        if (_cipher is null)
            plaintext.CopyTo(destination);
        else
            _cipher.Seal(plaintext, destination, _hash);
        MixHash(destination);
    }

    /// <summary>DecryptAndHash: plain as long as there is no key. False where the tag is wrong; the handshake is over then.</summary>
    /// <param name="sealedText">At least <see cref="Overhead"/> bytes; must not overlap the destination.</param>
    /// <param name="destination">Exactly <see cref="Overhead"/> bytes shorter.</param>
    public bool TryOpen(ReadOnlySpan<byte> sealedText, Span<byte> destination)
    {
        if (_cipher is null)
            sealedText.CopyTo(destination);
        else if (!_cipher.TryOpen(sealedText, destination, _hash))
            return false;
        MixHash(sealedText);
        return true;
    }

    /// <summary>Makes the ciphers of the two directions: the first is the initiator's for sending.</summary>
    public (NoiseCipher FromInitiator, NoiseCipher FromResponder) Split()
    {
        Span<byte> output = stackalloc byte[2 * SHA256.HashSizeInBytes];
        Derive([], output);
        var ciphers = (new NoiseCipher(output[..SHA256.HashSizeInBytes]), new NoiseCipher(output[SHA256.HashSizeInBytes..]));
        CryptographicOperations.ZeroMemory(output);
        return ciphers;
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_chainingKey);
        _cipher?.Dispose();
        _sha256.Dispose();
    }

    // The HKDF of the Noise specification (§4.3) with two outputs. Not the platform's HKDF: OpenSSL's refuses the empty material of Split.
    private void Derive(ReadOnlySpan<byte> material, Span<byte> output)
    {
        const int Length = SHA256.HashSizeInBytes;
        Span<byte> key = stackalloc byte[Length];
        Span<byte> counted = stackalloc byte[Length + 1];
        HMACSHA256.HashData(_chainingKey, material, key);
        HMACSHA256.HashData(key, [1], output[..Length]);
        output[..Length].CopyTo(counted);
        counted[Length] = 2;
        HMACSHA256.HashData(key, counted, output[Length..]);
        CryptographicOperations.ZeroMemory(key);
        CryptographicOperations.ZeroMemory(counted);
    }
}
