using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Libp2p.Security.Tls;

namespace Libp2p.Tests.Security.Tls;

/// <summary>Makes certificates as a peer would, or as a liar might: what is not set is as it should be.</summary>
internal sealed class CertificateForge
{
    public const string IdentityExtension = "1.3.6.1.4.1.53594.1.1";

    public static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    public Identity Identity { get; init; } = Identity.Generate();

    /// <summary>The certificate's key; P-256 where null.</summary>
    public AsymmetricAlgorithm? Key { get; init; }

    public HashAlgorithmName Hash { get; init; } = HashAlgorithmName.SHA256;

    public RSASignaturePadding Padding { get; init; } = RSASignaturePadding.Pkcs1;

    public DateTimeOffset NotBefore { get; init; } = Now.AddHours(-1);

    public DateTimeOffset NotAfter { get; init; } = Now.AddYears(1);

    /// <summary>What the identity signs, from the certificate's key.</summary>
    public Func<byte[], byte[]> SignedBytes { get; init; } = key => TlsCertificateChecker.SignedBytes(key);

    /// <summary>The extensions, from the one that there should be.</summary>
    public Func<X509Extension, X509Extension[]> Extensions { get; init; } = identity => [identity];

    /// <summary>The value of the libp2p extension, from key and signature.</summary>
    public Func<byte[], byte[], byte[]> Value { get; init; } = (key, signature) => TlsCertificateCodec.EncodeSignedKey(key, signature);

    public X509Certificate2 Make()
    {
        using var own = Key is null ? ECDsa.Create(ECCurve.NamedCurves.nistP256) : null;
        var key = Key ?? own!;
        var request = key is RSA rsa
            ? new CertificateRequest("O=libp2p", rsa, Hash, Padding)
            : new CertificateRequest("O=libp2p", (ECDsa)key, Hash);
        var signature = Identity.Sign(SignedBytes(request.PublicKey.ExportSubjectPublicKeyInfo()));
        var identity = new X509Extension(IdentityExtension, Value(Identity.PublicKey.ToProtobuf(), signature), critical: false);
        foreach (var extension in Extensions(identity))
            request.CertificateExtensions.Add(extension);
        return request.CreateSelfSigned(NotBefore, NotAfter);
    }

    public byte[] MakeDer()
    {
        using var certificate = Make();
        return certificate.RawData;
    }
}
