using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace Libp2p.Transports.WebSocket;

/// <summary>The certificate that <c>wss</c> shows: from a PEM file that is read again when it has changed, or one of its own making.</summary>
internal sealed class ServerCertificate(WebSocketOptions options, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Validity = TimeSpan.FromDays(90);

    private readonly Lock _gate = new();
    private SslStreamCertificateContext? _context;
    private DateTime _changed;
    private DateTime _refused;
    private DateTimeOffset _looked;
    private DateTimeOffset _expires;

    /// <summary>What a handshake needs, with the certificate as it is now.</summary>
    /// <exception cref="Libp2pException"><see cref="Libp2pError.ListenFailed"/>: it cannot be loaded, and never could.</exception>
    public SslServerAuthenticationOptions CreateOptions() => new()
    {
        ServerCertificateContext = Current(),
        ApplicationProtocols = [SslApplicationProtocol.Http11],
    };

    private SslStreamCertificateContext Current()
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            if (options.CertificateFile is null)
            {
                if (_context is null || now > _expires - TimeSpan.FromDays(1))
                    _context = MakeSelfSigned(now);
                return _context;
            }
            if (_context is not null && now - _looked < LookInterval)
                return _context;
            _looked = now;
            var changed = LastChange(options.CertificateFile) is var certificate && LastChange(KeyFile) is var key && key > certificate ? key : certificate;
            if (_context is not null && changed == _changed)
                return _context;
            // One that cannot be loaded is tried again: it may have been made whole within the same tick of the file system's clock.
            if (TryLoad(isNew: changed != _refused))
                _changed = changed;
            else
                _refused = changed;
            return _context!;
        }
    }

    private string KeyFile => options.CertificateKeyFile ?? options.CertificateFile!;

    private bool TryLoad(bool isNew)
    {
        try
        {
            var leaf = X509Certificate2.CreateFromPemFile(options.CertificateFile!, KeyFile);
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(options.CertificateFile!);
            _context = SslStreamCertificateContext.Create(ForTheSystem(leaf), chain, offline: true);
            return true;
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            var cause = e.Message.ReplaceLineEndings(" ");
            if (_context is null)
                throw new Libp2pException(Libp2pError.ListenFailed, $"The certificate {options.CertificateFile} with the key {KeyFile} cannot be loaded: {cause} Both are PEM files, the certificate's own first.", e);
            // One that is being replaced may be half there: the old one serves meanwhile.
            if (isNew)
                WebSocketLog.CertificateNotLoaded(logger, options.CertificateFile!, cause);
            return false;
        }
    }

    private SslStreamCertificateContext MakeSelfSigned(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=libp2p", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        _expires = now + Validity;
        return SslStreamCertificateContext.Create(ForTheSystem(request.CreateSelfSigned(now.AddHours(-1), _expires)), null, offline: true);
    }

    // The TLS of Windows takes no key that is not in its store.
    private static X509Certificate2 ForTheSystem(X509Certificate2 certificate)
    {
        if (!OperatingSystem.IsWindows())
            return certificate;
        using (certificate)
            return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }

    /// <summary>When the file that the name leads to was changed: certificates are often renewed by turning a link.</summary>
    private static DateTime LastChange(string path)
    {
        try
        {
            return (File.ResolveLinkTarget(path, returnFinalTarget: true) ?? new FileInfo(path)).LastWriteTimeUtc;
        }
        catch (IOException)
        {
            return default;
        }
    }
}
