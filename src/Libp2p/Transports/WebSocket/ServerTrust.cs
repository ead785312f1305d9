using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Libp2p.Transports.WebSocket;

/// <summary>
/// Whether the certificate of a <c>wss</c> server is believed. It guards the names of protocols and peers on the way, no more:
/// who the peer is, the security protocol inside proves in any case.
/// </summary>
internal sealed class ServerTrust(WebSocketOptions options)
{
    /// <summary>What the handshake with a server needs.</summary>
    public SslClientAuthenticationOptions CreateOptions(WebSocketAddress address) => new()
    {
        TargetHost = address.ServerName,
        ApplicationProtocols = [SslApplicationProtocol.Http11],
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        RemoteCertificateValidationCallback = (_, certificate, sent, errors) => IsTrusted(address, certificate, sent, errors),
    };

    private bool IsTrusted(WebSocketAddress address, X509Certificate? certificate, X509Chain? sent, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
            return true;
        // No authority vouches for such an address; a name, which could lead there, must be vouched for.
        if (options.AllowUntrustedOnPrivateAddresses && !address.HasName
            && address.Carrier.Scope is AddressScope.Loopback or AddressScope.LinkLocal or AddressScope.Private)
            return true;
        if (options.TrustedRoots.Count > 0 && errors == SslPolicyErrors.RemoteCertificateChainErrors && certificate is X509Certificate2 leaf)
            return IsVouchedFor(leaf, sent);
        return false;
    }

    private bool IsVouchedFor(X509Certificate2 leaf, X509Chain? sent)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(options.TrustedRoots);
        if (sent is not null)
            chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(leaf);
    }
}
