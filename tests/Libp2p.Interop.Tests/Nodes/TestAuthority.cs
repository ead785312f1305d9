using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Libp2p.Interop.Tests.Nodes;

/// <summary>A certificate authority for one test, and a certificate of it for this machine, in files as servers read them.</summary>
sealed class TestAuthority : IDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tincan-interop-");

    public TestAuthority()
    {
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=tincan test authority", rootKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        var now = TimeProvider.System.GetUtcNow();
        Root = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(10));
        File.WriteAllText(RootFile, Root.ExportCertificatePem());

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(Root, now.AddDays(-1), now.AddDays(9), [1]);
        File.WriteAllText(CertificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(KeyFile, key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>The authority's own certificate.</summary>
    public X509Certificate2 Root { get; }

    /// <summary>The same, as PEM.</summary>
    public string RootFile => Path.Combine(_folder.FullName, "ca.pem");

    /// <summary>The certificate of this machine, as PEM.</summary>
    public string CertificateFile => Path.Combine(_folder.FullName, "cert.pem");

    /// <summary>Its key, as PEM.</summary>
    public string KeyFile => Path.Combine(_folder.FullName, "key.pem");

    public void Dispose()
    {
        _folder.Delete(recursive: true);
        Root.Dispose();
    }
}
