using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Libp2p.Security.Tls;

/// <summary>
/// The certificate by which an identity proves itself: made when it is first needed, used for every connection, and made anew
/// when half of its life is over. Its key is a new one of P-256 each time, and never leaves memory.
/// </summary>
internal sealed class TlsCredentials(Identity identity, TimeProvider time, TimeSpan lifetime)
{
    private const string IdentityExtension = "1.3.6.1.4.1.53594.1.1";

    /// <summary>How far a peer's clock may be behind ours.</summary>
    private static readonly TimeSpan Backdated = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private SslStreamCertificateContext? _current;
    private DateTimeOffset _renewal;

    /// <summary>The certificate of this moment, ready for handshakes.</summary>
    public SslStreamCertificateContext Current
    {
        get
        {
            lock (_gate)
            {
                var now = time.GetUtcNow();
                if (_current is null || now >= _renewal)
                {
                    // The one before may still be at work in a handshake: it goes when nobody holds it any more.
                    _current = SslStreamCertificateContext.Create(Make(identity, now, lifetime), additionalCertificates: null, offline: true);
                    _renewal = now + (lifetime / 2);
                }
                return _current;
            }
        }
    }

    /// <summary>Makes a certificate for an identity.</summary>
    public static X509Certificate2 Make(Identity identity, DateTimeOffset now, TimeSpan lifetime)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("O=libp2p", key, HashAlgorithmName.SHA256);
        var signature = identity.Sign(TlsCertificateChecker.SignedBytes(request.PublicKey.ExportSubjectPublicKeyInfo()));
        var value = TlsCertificateCodec.EncodeSignedKey(identity.PublicKey.Encoded.Span, signature);
        // The first extension, which is where js-libp2p looks, and not critical: those who check it know it anyway.
        request.CertificateExtensions.Add(new X509Extension(IdentityExtension, value, critical: false));
        var certificate = request.CreateSelfSigned(now - Backdated, now + lifetime);
        return OperatingSystem.IsWindows() ? Load(certificate) : certificate;
    }

    // Schannel takes no key that lives in memory alone.
    private static X509Certificate2 Load(X509Certificate2 certificate)
    {
        using (certificate)
            return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
    }
}
