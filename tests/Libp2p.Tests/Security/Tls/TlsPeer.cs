using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Libp2p.Security.Tls;

namespace Libp2p.Tests.Security.Tls;

/// <summary>The other side of a handshake in the test's hands: the platform's TLS with whatever certificate and settings it is given.</summary>
internal sealed class TlsPeer : IAsyncDisposable
{
    private readonly Link _link;
    private readonly Role _role;

    public TlsPeer(Link link, Role role)
    {
        _link = link;
        _role = role;
        Stream = new TlsLinkStream(link, new SslTurn());
        Tls = new SslStream(Stream, leaveInnerStreamOpen: true, (_, certificate, _, _) =>
        {
            Shown = certificate is null ? null : [.. certificate.GetRawCertData()];
            return Shown is not null || role == Role.Listener;
        });
    }

    public X509Certificate2? Certificate { get; init; }

    public SslProtocols Versions { get; init; } = SslProtocols.Tls13;

    public string[] Alpn { get; init; } = ["libp2p"];

    public TlsLinkStream Stream { get; }

    public SslStream Tls { get; }

    /// <summary>The certificate that the honest side showed; null until then.</summary>
    public byte[]? Shown { get; private set; }

    /// <summary>Runs the handshake, and sends what it left unsent.</summary>
    public async Task AuthenticateAsync()
    {
        try
        {
            await RunAsync();
        }
        finally
        {
            await _link.Output.FlushAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Tls.DisposeAsync();
        await Stream.DisposeAsync();
    }

    private async Task RunAsync()
    {
        List<SslApplicationProtocol>? alpn = Alpn.Length == 0 ? null : [.. Alpn.Select(name => new SslApplicationProtocol(name))];
        if (_role == Role.Dialer)
        {
            await Tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "",
                EnabledSslProtocols = Versions,
                ApplicationProtocols = alpn,
                ClientCertificateContext = Certificate is null ? null : SslStreamCertificateContext.Create(Certificate, null, offline: true),
            });
        }
        else
        {
            await Tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificateContext = SslStreamCertificateContext.Create(Certificate!, null, offline: true),
                ClientCertificateRequired = true,
                EnabledSslProtocols = Versions,
                ApplicationProtocols = alpn,
            });
        }
    }
}
