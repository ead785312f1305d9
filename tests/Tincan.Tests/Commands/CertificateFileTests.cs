using System.Security.Cryptography;
using Libp2p.Tests.Transports.WebSocket;
using Tincan.Commands;
using Tincan.Tests.Processes;

namespace Tincan.Tests.Commands;

public sealed class CertificateFileTests : IDisposable
{
    private readonly TestCertificates _certificates = new();
    private readonly ScratchFolder _folder = new();

    public CertificateFileTests() => _certificates.Write("chat.example", "*.chat.example", "192.0.2.1");

    [Fact]
    public void Says_what_it_is_for_until_when_and_by_whom()
    {
        using var certificate = CertificateFile.Load(_certificates.Certificate, _certificates.Key);
        Assert.Equal(["chat.example", "*.chat.example", "192.0.2.1"], certificate.Names);
        Assert.True(certificate.IsFor("chat.example") && certificate.IsFor("a.chat.example") && certificate.IsFor("192.0.2.1"));
        Assert.False(certificate.IsFor("example") || certificate.IsFor("192.0.2.2"));
        Assert.Equal(("test authority", false), (certificate.Issuer, certificate.IsSelfSigned));
        Assert.Null(certificate.FaultAt(certificate.Until));
        Assert.Equal("has expired on 2070-01-01", certificate.FaultAt(certificate.Until.AddSeconds(1)));
        Assert.Equal("does not begin before 2020-01-01", certificate.FaultAt(new DateTimeOffset(2019, 12, 31, 0, 0, 0, TimeSpan.Zero)));
    }

    [Fact]
    public void The_key_may_be_in_the_same_file()
    {
        File.AppendAllText(_certificates.Certificate, "\n" + File.ReadAllText(_certificates.Key));
        using var certificate = CertificateFile.Load(_certificates.Certificate, null);
        Assert.Equal("chat.example", certificate.Names[0]);
    }

    [Fact]
    public void Files_that_cannot_be_used_are_named_with_the_cause()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (certificate, its) = (_certificates.Certificate, _certificates.Key);
        var missing = _folder.File("missing");
        AssertRefused(missing, its, $"there is no certificate {missing}");
        AssertRefused(certificate, missing, $"there is no key {missing}");
        AssertRefused(_folder.Path, its, "cannot be read");
        AssertRefused(Write("nothing in a frame"), its, "no PEM file of one");
        AssertRefused(its, its, "no PEM file of one");
        AssertRefused(certificate, null, "comes without its key");
        AssertRefused(certificate, certificate, "no PEM file of one");
        AssertRefused(certificate, Write(key.ExportPkcs8PrivateKeyPem()), "is not that of the certificate");
        AssertRefused(certificate, Write(key.ExportEncryptedPkcs8PrivateKeyPem("word", new PbeParameters(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1))), "passphrase");
        AssertRefused(Write("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"), its, "cannot be used with the key");
        AssertRefused(certificate, Write("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"), "cannot be used with the key");
    }

    public void Dispose()
    {
        _certificates.Dispose();
        _folder.Dispose();
    }

    private string Write(string text)
    {
        var path = _folder.File("file");
        File.WriteAllText(path, text);
        return path;
    }

    private static void AssertRefused(string certificate, string? key, string what)
    {
        var e = Assert.Throws<CommandException>(() => CertificateFile.Load(certificate, key));
        Assert.Equal(ExitCodes.Usage, e.ExitCode);
        Assert.Contains(what, e.What, StringComparison.Ordinal);
        Assert.NotEmpty(e.NextStep);
    }
}
