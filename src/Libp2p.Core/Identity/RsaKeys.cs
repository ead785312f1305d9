using System.Numerics;
using System.Security.Cryptography;

namespace Libp2p;

/// <summary>
/// RSA identity keys: public as SubjectPublicKeyInfo, private as PKCS#1 (RFC 8017 appendix A.1), both DER.
/// The size of a modulus is read off its DER length before anything computes with it (CVE-2023-39533).
/// </summary>
internal static class RsaKeys
{
    public const int MinBits = 2048;
    public const int MaxBits = 8192;

    // Above that an exponent only makes verification expensive; 65537 is what everyone uses.
    const int MaxExponentLength = 4;

    // SEQUENCE { rsaEncryption, NULL }
    static ReadOnlySpan<byte> AlgorithmContent => [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];

    public static bool TryReadPublic(ReadOnlySpan<byte> data, out SignatureVerifier? verifier, out string? error)
    {
        verifier = null;
        if (!TryReadPublicStructure(data, out var modulus, out var exponent))
        {
            error = "The RSA public key is not in DER (SubjectPublicKeyInfo).";
            return false;
        }
        error = CheckNumbers(modulus, exponent);
        if (error is null)
            verifier = new Verifier(modulus.ToArray(), exponent.ToArray());
        return error is null;
    }

    public static bool TryReadPrivate(ReadOnlySpan<byte> data, out PrivateKeyParts parts, out string? error)
    {
        parts = default;
        if (!TryReadPrivateStructure(data, out var modulus, out var exponent))
        {
            error = "The RSA private key is not in DER (PKCS#1, two primes).";
            return false;
        }
        error = CheckNumbers(modulus, exponent);
        if (error is not null)
            return false;
        try
        {
            using var key = RSA.Create();
            key.ImportRSAPrivateKey(data, out _);
            parts = Create(key);
        }
        catch (CryptographicException)
        {
            error = "The RSA private key's numbers do not belong together.";
            return false;
        }
        // Not every platform checks on import that the private numbers belong to the public ones.
        if (!CanSign(parts))
        {
            parts.Signer.Dispose();
            CryptographicOperations.ZeroMemory(parts.Data);
            parts = default;
            error = "The RSA private key does not belong to the public key beside it.";
            return false;
        }
        return true;
    }

    public static PrivateKeyParts Generate(int bits)
    {
        if (bits is < MinBits or > MaxBits || bits % 8 != 0)
            throw new ArgumentOutOfRangeException(nameof(bits), bits, $"An RSA key has {MinBits} to {MaxBits} bits, a multiple of 8.");
        using var key = RSA.Create(bits);
        return Create(key);
    }

    static PrivateKeyParts Create(RSA key)
    {
        var numbers = key.ExportParameters(includePrivateParameters: false);
        var privateData = key.ExportRSAPrivateKey();
        var publicKey = PublicKey.FromValid(
            KeyType.Rsa, key.ExportSubjectPublicKeyInfo(), new Verifier(numbers.Modulus!, numbers.Exponent!));
        return new(privateData, publicKey, new RsaSigner(privateData));
    }

    static bool CanSign(PrivateKeyParts parts)
    {
        ReadOnlySpan<byte> message = "libp2p key check"u8;
        try
        {
            return parts.PublicKey.Verify(message, parts.Signer.Sign(message));
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    static string? CheckNumbers(ReadOnlySpan<byte> modulus, ReadOnlySpan<byte> exponent)
    {
        var bits = (modulus.Length * 8) - BitOperations.LeadingZeroCount((uint)modulus[0]) + 24;
        if (bits is < MinBits or > MaxBits)
            return $"An RSA key has {MinBits} to {MaxBits} bits, not {bits}.";
        if (exponent.Length > MaxExponentLength || exponent[0] >= 0x80 && exponent.Length == MaxExponentLength)
            return "The RSA key's public exponent is above 2^31.";
        return (modulus[^1] & 1) == 0 || (exponent[^1] & 1) == 0 || exponent is [1]
            ? "The RSA key's modulus and exponent must be odd, the exponent above one."
            : null;
    }

    static bool TryReadPublicStructure(ReadOnlySpan<byte> data, out ReadOnlySpan<byte> modulus, out ReadOnlySpan<byte> exponent)
    {
        modulus = default;
        exponent = default;
        var outer = new DerReader(data);
        if (!outer.TryRead(DerReader.Sequence, out var content) || !outer.AtEnd)
            return false;
        var info = new DerReader(content);
        if (!info.TryRead(DerReader.Sequence, out var algorithm) || !algorithm.SequenceEqual(AlgorithmContent)
            || !info.TryRead(DerReader.BitString, out var bits) || !info.AtEnd || bits.IsEmpty || bits[0] != 0)
            return false;
        var key = new DerReader(bits[1..]);
        if (!key.TryRead(DerReader.Sequence, out var numbers) || !key.AtEnd)
            return false;
        var inner = new DerReader(numbers);
        return inner.TryReadUnsigned(out modulus) && inner.TryReadUnsigned(out exponent) && inner.AtEnd;
    }

    static bool TryReadPrivateStructure(ReadOnlySpan<byte> data, out ReadOnlySpan<byte> modulus, out ReadOnlySpan<byte> exponent)
    {
        modulus = default;
        exponent = default;
        var outer = new DerReader(data);
        if (!outer.TryRead(DerReader.Sequence, out var content) || !outer.AtEnd)
            return false;
        var inner = new DerReader(content);
        if (!inner.TryReadUnsigned(out var version) || version is not [0]
            || !inner.TryReadUnsigned(out modulus) || !inner.TryReadUnsigned(out exponent))
            return false;
        // d, p, q, d mod p-1, d mod q-1, q^-1 mod p: none longer than the modulus.
        for (var i = 0; i < 6; i++)
        {
            if (!inner.TryReadUnsigned(out var number) || number.Length > modulus.Length)
                return false;
        }
        return inner.AtEnd;
    }

    sealed class Verifier(byte[] modulus, byte[] exponent) : SignatureVerifier
    {
        readonly ImportedKey<RSA> _keys = new(() => RSA.Create(new RSAParameters { Modulus = modulus, Exponent = exponent }));

        public override bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
        {
            if (signature.Length != modulus.Length)
                return false;
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(message, hash);
            var key = _keys.Rent();
            try
            {
                return key.VerifyHash(hash, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            }
            finally
            {
                _keys.Return(key);
            }
        }
    }

    sealed class RsaSigner(byte[] pkcs1) : Signer
    {
        readonly ImportedKey<RSA> _keys = new(() =>
        {
            var key = RSA.Create();
            key.ImportRSAPrivateKey(pkcs1, out _);
            return key;
        });

        public override byte[] Sign(ReadOnlySpan<byte> message)
        {
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(message, hash);
            var key = _keys.Rent();
            try
            {
                return key.SignHash(hash, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            }
            finally
            {
                _keys.Return(key);
            }
        }

        public override void Dispose() => _keys.Close();
    }
}
