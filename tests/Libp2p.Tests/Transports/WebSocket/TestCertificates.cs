using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Libp2p.Tests.Transports.WebSocket;

/// <summary>An authority of one test and the certificates that it signs, as PEM files in a folder of their own.</summary>
sealed class TestCertificates : IDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tincan-test-");
    readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    readonly DateTimeOffset _from = DateTimeOffset.UnixEpoch.AddYears(50);
    readonly DateTimeOffset _to = DateTimeOffset.UnixEpoch.AddYears(100);
    int _number;

    public TestCertificates()
    {
        var request = new CertificateRequest("CN=test authority", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        Root = request.CreateSelfSigned(_from, _to);
        File.WriteAllText(RootFile, Root.ExportCertificatePem());
    }

    public X509Certificate2 Root { get; }

    /// <summary>The authority's own certificate, for those that read files.</summary>
    public string RootFile => Path.Combine(_folder.FullName, "root.pem");

    public string Certificate => Path.Combine(_folder.FullName, "cert.pem");

    public string Key => Path.Combine(_folder.FullName, "key.pem");

    /// <summary>Writes a new certificate for these names and addresses; gives its thumbprint.</summary>
    public string Write(params string[] names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address))
                alternatives.AddIpAddress(address);
            else
                alternatives.AddDnsName(name);
        }
        request.CertificateExtensions.Add(alternatives.Build());
        using var certificate = request.Create(Root, _from, _to, [(byte)++_number]);
        File.WriteAllText(Certificate, certificate.ExportCertificatePem());
        File.WriteAllText(Key, key.ExportPkcs8PrivateKeyPem());
        // A file system whose clock is coarse would hide a change within the same moment.
        File.SetLastWriteTimeUtc(Certificate, DateTime.UnixEpoch.AddYears(50).AddDays(_number));
        File.SetLastWriteTimeUtc(Key, DateTime.UnixEpoch.AddYears(50).AddDays(_number));
        return certificate.Thumbprint;
    }

    public void Dispose()
    {
        _folder.Delete(recursive: true);
        Root.Dispose();
        _key.Dispose();
    }
}
