using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Libp2p.Security.Tls;

/// <summary>
/// Judges a certificate at a given time: everything that tls/tls.md, "Peer Authentication" demands, and nothing of the web's
/// certificate authorities. What costs nothing comes first, and a key's bounds before any arithmetic with it.
/// </summary>
internal static class TlsCertificateChecker
{
    /// <summary>What an identity signs to claim a certificate's key.</summary>
    public static byte[] SignedBytes(ReadOnlySpan<byte> certificateKey) => [.. "libp2p-tls-handshake:"u8, .. certificateKey];

    /// <summary>Judges a certificate.</summary>
    /// <param name="der">What a peer sent.</param>
    /// <param name="now">When.</param>
    /// <param name="maxLength">The most bytes that are looked at.</param>
    /// <param name="platform">The same certificate as the platform has read it for the handshake, its key with it; null where it has not.</param>
    public static TlsVerdict Check(
        ReadOnlySpan<byte> der, DateTimeOffset now, int maxLength = TlsOptions.DefaultMaxCertificateLength, X509Certificate2? platform = null)
    {
        if (der.Length > maxLength)
            return new TlsVerdict(TlsRefusal.TooLong, Detail: $"{der.Length} bytes, at most {maxLength} are allowed");
        if (TlsCertificateCodec.TryDecode(der, out var certificate) is not TlsRefusal.None and var refusal)
            return new TlsVerdict(refusal);
        if (CheckValidity(certificate, now) is not TlsRefusal.None and var outOfTime)
            return new TlsVerdict(outOfTime);
        if (!IsWithinBounds(certificate, out var detail))
            return new TlsVerdict(TlsRefusal.CertificateKey, Detail: detail);
        if (CheckSignature(certificate, platform) is not TlsRefusal.None and var unsigned)
            return new TlsVerdict(unsigned);
        if (!PublicKey.TryDecode(certificate.IdentityKey, out var identity, out detail))
            return new TlsVerdict(TlsRefusal.IdentityKey, Detail: detail);
        return identity.Verify(SignedBytes(certificate.Key), certificate.IdentitySignature)
            ? new TlsVerdict(TlsRefusal.None, identity)
            : new TlsVerdict(TlsRefusal.IdentitySignature);
    }

    private static TlsRefusal CheckValidity(in TlsCertificate certificate, DateTimeOffset now)
    {
        var seconds = now.ToUnixTimeSeconds();
        return seconds < certificate.NotBefore ? TlsRefusal.NotYetValid
            : seconds > certificate.NotAfter ? TlsRefusal.Expired
            : TlsRefusal.None;
    }

    // The curves have one size each, which the encoding of the scheme's key has fixed.
    private static bool IsWithinBounds(in TlsCertificate certificate, out string? detail)
    {
        detail = null;
        return IsEcdsa(certificate.Scheme) || RsaKeys.TryReadPublic(certificate.Key, out _, out detail);
    }

    private static TlsRefusal CheckSignature(in TlsCertificate certificate, X509Certificate2? platform)
    {
        try
        {
            return (IsEcdsa(certificate.Scheme) ? VerifyEcdsa(certificate, platform) : VerifyRsa(certificate)) ? TlsRefusal.None : TlsRefusal.Signature;
        }
        catch (CryptographicException)
        {
            // A point that is not on its curve, say: the platform finds it when it reads the key.
            return TlsRefusal.CertificateKey;
        }
    }

    private static bool VerifyEcdsa(in TlsCertificate certificate, X509Certificate2? platform)
    {
        // To import a key costs more than to verify with it: its order is computed, which for these curves being on them implies.
        using var key = platform?.GetECDsaPublicKey() ?? Import(certificate.Key);
        return key.VerifyData(certificate.Signed, certificate.Signature, Hash(certificate.Scheme), DSASignatureFormat.Rfc3279DerSequence);
    }

    private static ECDsa Import(ReadOnlySpan<byte> info)
    {
        var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(info, out _);
        return key;
    }

    private static bool VerifyRsa(in TlsCertificate certificate)
    {
        using var key = RSA.Create();
        key.ImportSubjectPublicKeyInfo(certificate.Key, out _);
        return key.VerifyData(certificate.Signed, certificate.Signature, Hash(certificate.Scheme), Padding(certificate.Scheme));
    }

    private static bool IsEcdsa(TlsSignatureScheme scheme) =>
        scheme is TlsSignatureScheme.EcdsaP256Sha256 or TlsSignatureScheme.EcdsaP384Sha384 or TlsSignatureScheme.EcdsaP521Sha512;

    private static RSASignaturePadding Padding(TlsSignatureScheme scheme) =>
        scheme is TlsSignatureScheme.RsaPssSha256 or TlsSignatureScheme.RsaPssSha384 or TlsSignatureScheme.RsaPssSha512
            ? RSASignaturePadding.Pss
            : RSASignaturePadding.Pkcs1;

    private static HashAlgorithmName Hash(TlsSignatureScheme scheme) => scheme switch
    {
        TlsSignatureScheme.EcdsaP256Sha256 or TlsSignatureScheme.RsaPkcs1Sha256 or TlsSignatureScheme.RsaPssSha256 => HashAlgorithmName.SHA256,
        TlsSignatureScheme.EcdsaP384Sha384 or TlsSignatureScheme.RsaPkcs1Sha384 or TlsSignatureScheme.RsaPssSha384 => HashAlgorithmName.SHA384,
        _ => HashAlgorithmName.SHA512,
    };
}
