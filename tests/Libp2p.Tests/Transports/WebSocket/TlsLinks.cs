using System.Net.Security;
using Libp2p.Transports.WebSocket;
using Microsoft.Extensions.Logging.Abstractions;

namespace Libp2p.Tests.Transports.WebSocket;

/// <summary>Makes the two ends of the TLS under a WebSocket, with a certificate that nobody vouches for.</summary>
static class TlsLinks
{
    public static ValueTask<TlsLink> AcceptAsync(Link carrier) =>
        TlsLink.AcceptAsync(carrier, new ServerCertificate(new WebSocketOptions(), TimeProvider.System, NullLogger.Instance).CreateOptions(), default);

    public static ValueTask<TlsLink> DialAsync(Link carrier) =>
        TlsLink.DialAsync(carrier, new SslClientAuthenticationOptions { TargetHost = "", RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null }, default);
}
