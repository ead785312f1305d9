using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Libp2p.Security.Tls;

namespace Libp2p.Tests.Security.Tls;

public sealed class TlsCertificateCheckerTests
{
    public static TheoryData<string, string?> SpecificationVectors => new(TlsVectors.Certificates.Select(c => (c.Der, c.Peer)));

    [Theory]
    [MemberData(nameof(SpecificationVectors))]
    public void The_specifications_certificates_prove_whom_they_name(string der, string? peer)
    {
        var verdict = Check(Convert.FromHexString(der), CertificateForge.Now);
        Assert.Equal(peer is null ? TlsRefusal.IdentitySignature : TlsRefusal.None, verdict.Refusal);
        Assert.Equal(peer, verdict.Key is { } key ? PeerId.FromPublicKey(key).ToString() : null);
    }

    /// <summary>Certificates of another implementation's tests. Where the refusal is of the identity, everything before it was found good.</summary>
    [Theory]
    [InlineData("nistp256_sha256", "IdentitySignature")]
    [InlineData("nistp384_sha384", "IdentitySignature")]
    [InlineData("nistp521_sha512", "IdentitySignature")]
    [InlineData("rsa_pkcs1_sha256", "IdentitySignature")]
    [InlineData("rsa_pkcs1_sha384", "IdentitySignature")]
    [InlineData("rsa_pkcs1_sha512", "IdentitySignature")]
    [InlineData("rsa_pss_sha384", "None")]
    [InlineData("nistp384_sha256", "Algorithm")]
    [InlineData("pkcs1_sha256", "Algorithm")]
    [InlineData("ed25519", "Algorithm")]
    [InlineData("ed448", "Algorithm")]
    public void Certificates_with_keys_of_every_kind(string name, string refusal)
    {
        var der = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "vectors", "tls", name + ".der"));
        Assert.Equal(refusal, Check(der, new DateTimeOffset(2021, 12, 20, 0, 0, 0, TimeSpan.Zero)).Refusal.ToString());
        if (refusal != "Algorithm" && name != "rsa_pss_sha384")
            Assert.Equal(TlsRefusal.Expired, Check(der, CertificateForge.Now).Refusal);
    }

    [Theory]
    [InlineData(KeyType.Ed25519)]
    [InlineData(KeyType.Secp256k1)]
    [InlineData(KeyType.Ecdsa)]
    [InlineData(KeyType.Rsa)]
    public void Our_own_certificates_are_good_and_begin_with_the_identity(KeyType type)
    {
        using var identity = Identity.Generate(type);
        using var certificate = TlsCredentials.Make(identity, CertificateForge.Now, TimeSpan.FromDays(10));
        var verdict = Check(certificate.RawData, CertificateForge.Now);
        Assert.Equal(TlsRefusal.None, verdict.Refusal);
        Assert.Equal(identity.PublicKey, verdict.Key);
        Assert.Equal(CertificateForge.IdentityExtension, certificate.Extensions[0].Oid!.Value);
        Assert.Single(certificate.Extensions);
        Assert.Equal(CertificateForge.Now.AddHours(-1).UtcDateTime, certificate.NotBefore.ToUniversalTime());
        Assert.Equal(CertificateForge.Now.AddDays(10).UtcDateTime, certificate.NotAfter.ToUniversalTime());
        Assert.Equal("1.2.840.10045.3.1.7", certificate.GetECDsaPublicKey()!.ExportParameters(false).Curve.Oid.Value);
    }

    [Theory]
    [InlineData(KeyType.Ed25519)]
    [InlineData(KeyType.Secp256k1)]
    [InlineData(KeyType.Ecdsa)]
    [InlineData(KeyType.Rsa)]
    public void A_wrong_or_missing_signature_of_the_identity_is_refused(KeyType type)
    {
        using var identity = Identity.Generate(type);
        using var other = Identity.Generate(type);
        AssertRefused(TlsRefusal.IdentitySignature, new CertificateForge { Identity = identity, Value = (key, _) => TlsCertificateCodec.EncodeSignedKey(key, []) });
        AssertRefused(TlsRefusal.IdentitySignature, new CertificateForge { Identity = identity, Value = (key, _) => TlsCertificateCodec.EncodeSignedKey(key, new byte[64]) });
        AssertRefused(TlsRefusal.IdentitySignature, new CertificateForge { Identity = identity, SignedBytes = key => key });
        AssertRefused(TlsRefusal.IdentitySignature, new CertificateForge { Identity = identity, SignedBytes = key => TlsCertificateChecker.SignedBytes(new byte[key.Length]) });
        AssertRefused(TlsRefusal.IdentitySignature, new CertificateForge { Identity = identity, Value = (_, signature) => TlsCertificateCodec.EncodeSignedKey(other.PublicKey.Encoded.Span, signature) });
    }

    [Fact]
    public void Its_own_signature_is_checked()
    {
        var der = new CertificateForge().MakeDer();
        AssertRefused(TlsRefusal.None, der);
        der[^1] ^= 1;
        AssertRefused(TlsRefusal.Signature, der);
    }

    [Fact]
    public void A_name_changed_after_signing_is_found()
    {
        var der = new CertificateForge().MakeDer();
        der[der.AsSpan().IndexOf("libp2p"u8)] ^= 1;
        AssertRefused(TlsRefusal.Signature, der);
    }

    [Fact]
    public void It_is_good_from_its_first_second_to_its_last()
    {
        var der = new CertificateForge().MakeDer();
        var (first, last) = (CertificateForge.Now.AddHours(-1), CertificateForge.Now.AddYears(1));
        Assert.Equal(TlsRefusal.NotYetValid, Check(der, first.AddSeconds(-1)).Refusal);
        Assert.Equal(TlsRefusal.None, Check(der, first).Refusal);
        Assert.Equal(TlsRefusal.None, Check(der, last).Refusal);
        Assert.Equal(TlsRefusal.Expired, Check(der, last.AddSeconds(1)).Refusal);
    }

    [Fact]
    public void Extensions_are_judged_by_whether_they_are_critical()
    {
        var unknown = new byte[] { 5, 0 };
        AssertRefused(TlsRefusal.None, new CertificateForge { Extensions = identity => [new("1.2.3.4", unknown, false), identity] });
        AssertRefused(TlsRefusal.UnknownCriticalExtension, new CertificateForge { Extensions = identity => [identity, new("1.2.3.4", unknown, true)] });
        AssertRefused(TlsRefusal.UnknownCriticalExtension, new CertificateForge { Extensions = identity => [identity, new X509BasicConstraintsExtension(false, false, 0, true)] });
        AssertRefused(TlsRefusal.None, new CertificateForge { Extensions = identity => [new(CertificateForge.IdentityExtension, identity.RawData, critical: true)] });
        AssertRefused(TlsRefusal.NoIdentity, new CertificateForge { Extensions = _ => [] });
        AssertRefused(TlsRefusal.NoIdentity, new CertificateForge { Extensions = _ => [new("1.2.3.4", unknown, false)] });
        AssertRefused(TlsRefusal.None, new CertificateForge { Extensions = identity => [identity, .. Many(TlsCertificateCodec.MaxExtensions - 1)] });
        AssertRefused(TlsRefusal.Malformed, new CertificateForge { Extensions = identity => [identity, .. Many(TlsCertificateCodec.MaxExtensions)] });

        X509Extension[] Many(int count) => [.. Enumerable.Range(1, count).Select(i => new X509Extension($"1.2.3.{i}", unknown, false))];
    }

    [Fact]
    public void An_extension_that_cannot_be_read_is_refused()
    {
        byte[][] values = [[], [5, 0], [0x30, 0], [0x30, 2, 4, 0], [0x30, 6, 4, 0, 4, 0, 4, 0], [0x30, 0x80, 4, 0, 4, 0, 0, 0], [0x30, 4, 4, 0, 4, 0, 0]];
        foreach (var value in values)
            AssertRefused(TlsRefusal.MalformedIdentity, new CertificateForge { Value = (_, _) => value });
        AssertRefused(TlsRefusal.IdentityKey, new CertificateForge { Value = (_, signature) => TlsCertificateCodec.EncodeSignedKey([], signature) });
        AssertRefused(TlsRefusal.IdentityKey, new CertificateForge { Value = (_, signature) => TlsCertificateCodec.EncodeSignedKey([8, 9, 18, 1, 0], signature) });
    }

    [Theory]
    [InlineData(2048, "None")]
    [InlineData(1024, "CertificateKey")]
    [InlineData(8200, "CertificateKey")]
    public void An_RSA_key_is_judged_by_its_length(int bits, string refusal)
    {
        // A modulus of that length in place of the certificate's own, so that no such key need be made.
        using var key = RSA.Create(2048);
        var der = new CertificateForge { Key = key }.MakeDer();
        if (bits != 2048)
            der = ReplaceModulus(der, key.ExportParameters(false).Modulus!, bits / 8);
        var verdict = Check(der, CertificateForge.Now);
        Assert.Equal(refusal, verdict.Refusal.ToString());
        if (bits != 2048)
            Assert.Contains($"not {bits}", verdict.Reason, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string> Schemes => new()
    {
        { "1.2.840.10045.3.1.7", "SHA256", "None" },
        { "1.2.840.10045.3.1.7", "SHA384", "Algorithm" },
        { "1.3.132.0.34", "SHA384", "None" },
        { "1.3.132.0.34", "SHA256", "Algorithm" },
        { "1.3.132.0.35", "SHA512", "None" },
        { "1.3.132.0.10", "SHA256", "Algorithm" },
        { "rsa pkcs1", "SHA256", "None" },
        { "rsa pkcs1", "SHA384", "None" },
        { "rsa pkcs1", "SHA512", "None" },
        { "rsa pss", "SHA256", "None" },
        { "rsa pss", "SHA384", "None" },
        { "rsa pss", "SHA512", "None" },
    };

    [Theory]
    [MemberData(nameof(Schemes))]
    public void Only_pairs_of_TLS_1_3_are_taken(string key, string hash, string refusal)
    {
        using AsymmetricAlgorithm made = key.StartsWith("rsa", StringComparison.Ordinal) ? RSA.Create(2048) : ECDsa.Create(ECCurve.CreateFromValue(key));
        var padding = key == "rsa pss" ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1;
        var der = new CertificateForge { Key = made, Hash = new HashAlgorithmName(hash), Padding = padding }.MakeDer();
        Assert.Equal(refusal, Check(der, CertificateForge.Now).Refusal.ToString());
    }

    /// <summary>MD5 and SHA-1, which the platform makes no certificates with any more: the number of the algorithm is changed.</summary>
    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public void Weak_hashes_are_not_taken(byte algorithm)
    {
        using var key = RSA.Create(2048);
        var der = new CertificateForge { Key = key }.MakeDer();
        byte[] sha256 = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b];
        for (var at = der.AsSpan().IndexOf(sha256); at >= 0; at = der.AsSpan().IndexOf(sha256))
            der[at + sha256.Length - 1] = algorithm;
        AssertRefused(TlsRefusal.Algorithm, der);
    }

    [Fact]
    public void A_point_that_is_not_on_its_curve_is_no_key()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var der = new CertificateForge { Key = key }.MakeDer();
        der[der.AsSpan().IndexOf(key.ExportParameters(false).Q.X!)] ^= 1;
        AssertRefused(TlsRefusal.CertificateKey, der);
    }

    [Fact]
    public void Length_is_bounded_before_anything_else()
    {
        var der = new CertificateForge().MakeDer();
        Assert.Equal(TlsRefusal.TooLong, TlsCertificateChecker.Check(der, CertificateForge.Now, der.Length - 1).Refusal);
        Assert.Equal(TlsRefusal.None, TlsCertificateChecker.Check(der, CertificateForge.Now, der.Length).Refusal);
    }

    [Fact]
    public void Every_refusal_has_its_reason() =>
        Assert.All(Enum.GetValues<TlsRefusal>(), refusal => Assert.NotEmpty(new TlsVerdict(refusal).Reason));

    /// <summary>Judges a certificate by its bytes, and again with the key as the platform has read it, which must come to the same.</summary>
    private static TlsVerdict Check(byte[] der, DateTimeOffset now)
    {
        var verdict = TlsCertificateChecker.Check(der, now);
        using var platform = Load(der);
        Assert.Equal(verdict, TlsCertificateChecker.Check(der, now, platform: platform));
        return verdict;
    }

    private static X509Certificate2? Load(byte[] der)
    {
        try
        {
            return X509CertificateLoader.LoadCertificate(der);
        }
        catch (CryptographicException)
        {
            // It would end a handshake before anybody judges it.
            return null;
        }
    }

    private static void AssertRefused(TlsRefusal refusal, CertificateForge forge) => AssertRefused(refusal, forge.MakeDer());

    private static void AssertRefused(TlsRefusal refusal, byte[] der) => Assert.Equal(refusal, Check(der, CertificateForge.Now).Refusal);

    /// <summary>Puts a modulus of another length into a certificate, and the lengths of all that holds it right.</summary>
    private static byte[] ReplaceModulus(byte[] der, byte[] modulus, int length)
    {
        byte[] key = [0x02, 0x82, 1, 1, 0, .. modulus];
        var longer = Integer([0, .. Enumerable.Repeat((byte)0xff, length)]);
        var bits = Wrap(0x03, [0, .. Wrap(0x30, [.. longer, 2, 3, 1, 0, 1])]);
        byte[] algorithm = [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
        var outer = new DerReader(der);
        outer.TryRead(DerReader.Sequence, out var content);
        var parts = new DerReader(content);
        parts.TryRead(DerReader.Sequence, out var tbs);
        var keyInfo = tbs.IndexOf(algorithm) - 4;
        var keyEnd = tbs.IndexOf(key) + key.Length + 5;
        var rest = content[(tbs.Length + 4)..];
        return Wrap(0x30, [.. Wrap(0x30, [.. tbs[..keyInfo], .. Wrap(0x30, [.. algorithm, .. bits]), .. tbs[keyEnd..]]), .. rest]);

        static byte[] Integer(byte[] number) => Wrap(0x02, number);
        static byte[] Wrap(byte tag, byte[] body) => body.Length < 0x80
            ? [tag, (byte)body.Length, .. body]
            : body.Length <= 0xff ? [tag, 0x81, (byte)body.Length, .. body] : [tag, 0x82, (byte)(body.Length >> 8), (byte)body.Length, .. body];
    }
}
