using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Libp2p.Security.Tls;

/// <summary>What the other side proved in the handshake.</summary>
/// <param name="Peer">Who it is.</param>
/// <param name="Key">Its identity key.</param>
/// <param name="Muxer">The muxer that ALPN chose; null where it is still to be negotiated.</param>
internal sealed record TlsProof(PeerId Peer, PublicKey Key, ProtocolId? Muxer);

/// <summary>
/// One run of the handshake over a link. <c>SslStream</c> moves the messages; who the peer is, this judges. Where it fails it must be
/// disposed; otherwise what it made belongs to the secured link.
/// </summary>
internal sealed class TlsHandshake : IDisposable
{
    /// <summary>The application protocol of those who agree on the muxer afterwards, and always the last on offer.</summary>
    private static readonly SslApplicationProtocol Plain = new("libp2p");

    private static readonly CipherSuitesPolicy? Ciphers = OperatingSystem.IsLinux()
        ? new CipherSuitesPolicy(
        [
            TlsCipherSuite.TLS_AES_128_GCM_SHA256, TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256, TlsCipherSuite.TLS_AES_256_GCM_SHA384,
        ])
        : null;

    private readonly Link _link;
    private readonly HandshakeContext _context;
    private readonly SslStreamCertificateContext _certificate;
    private readonly TlsOptions _options;
    private readonly TimeProvider _time;
    private Libp2pException? _refusal;
    private PublicKey? _key;

    public TlsHandshake(Link link, HandshakeContext context, SslStreamCertificateContext certificate, TlsOptions options, TimeProvider time)
    {
        _link = link;
        _context = context;
        _certificate = certificate;
        _options = options;
        _time = time;
        Turn = new SslTurn();
        Stream = new TlsLinkStream(link, Turn);
        Tls = new SslStream(Stream, leaveInnerStreamOpen: true, (_, certificate, chain, _) => Accepts(certificate, chain));
    }

    /// <summary>The stream of plaintext, once the handshake is over.</summary>
    public SslStream Tls { get; }

    /// <summary>Whose turn it is with it; the handshake's until it is over.</summary>
    public SslTurn Turn { get; }

    /// <summary>What lies between that and the link.</summary>
    public TlsLinkStream Stream { get; }

    public async ValueTask<TlsProof> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await (_context.Role == Role.Dialer
                ? Tls.AuthenticateAsClientAsync(ClientOptions(), cancellationToken)
                : Tls.AuthenticateAsServerAsync(ServerOptions(), cancellationToken)).ConfigureAwait(false);
        }
        catch (Exception e) when (e is AuthenticationException or IOException or Libp2pException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            // What the platform refuses itself it says by an alert. A certificate that we refuse is answered with silence, for what
            // waits to be sent then is this side's proof.
            if (_refusal is null && Stream.Failure is null)
                await SayAsync(cancellationToken).ConfigureAwait(false);
            throw Explain(e);
        }
        if (_key is null)
            throw _refusal ?? Refused(new TlsVerdict(TlsRefusal.NoCertificate));
        if (Tls.SslProtocol != SslProtocols.Tls13)
            throw Failed("The peer did not agree to TLS 1.3.");
        return new TlsProof(PeerId.FromPublicKey(_key), _key, ChosenMuxer());
    }

    public void Dispose()
    {
        Tls.Dispose();
        Stream.Dispose();
    }

    private SslClientAuthenticationOptions ClientOptions() => new()
    {
        // No name is sent: tls/tls.md, "Future Extensibility".
        TargetHost = "",
        ClientCertificateContext = _certificate,
        EnabledSslProtocols = SslProtocols.Tls13,
        ApplicationProtocols = Offer(),
        AllowTlsResume = false,
        AllowRenegotiation = false,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        CertificateChainPolicy = NoChain(),
        CipherSuitesPolicy = Ciphers,
    };

    private SslServerAuthenticationOptions ServerOptions() => new()
    {
        ServerCertificateContext = _certificate,
        ClientCertificateRequired = true,
        EnabledSslProtocols = SslProtocols.Tls13,
        ApplicationProtocols = Offer(),
        AllowTlsResume = false,
        AllowRenegotiation = false,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        CertificateChainPolicy = NoChain(),
        CipherSuitesPolicy = Ciphers,
    };

    // SslStream builds a chain whether anyone wants it or not: let it look for nothing.
    private static X509ChainPolicy NoChain() => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        VerificationFlags = X509VerificationFlags.AllFlags,
        RevocationMode = X509RevocationMode.NoCheck,
        DisableCertificateDownloads = true,
    };

    private List<SslApplicationProtocol> Offer() => [.. _context.Muxers.Select(muxer => new SslApplicationProtocol(muxer.ToString())), Plain];

    /// <summary>Judges what the peer sent, within the handshake: where this is false, nothing of ours leaves any more.</summary>
    private bool Accepts(X509Certificate? certificate, X509Chain? chain)
    {
        var verdict = Judge(certificate as X509Certificate2, chain);
        if (verdict.Key is not { } key)
        {
            _refusal = Refused(verdict);
            return false;
        }
        var peer = PeerId.FromPublicKey(key);
        if (_context.ExpectedPeer is { } expected && expected != peer)
        {
            _refusal = new PeerIdMismatchException(expected, peer);
            return false;
        }
        _key = key;
        return true;
    }

    private TlsVerdict Judge(X509Certificate2? certificate, X509Chain? chain)
    {
        if (certificate is null)
            return new TlsVerdict(TlsRefusal.NoCertificate);
        var der = certificate.RawDataMemory.Span;
        // What came beside it; as the dialler SslStream lists the certificate itself there, too.
        var others = chain?.ChainPolicy.ExtraStore.Count ?? 0;
        if (others > (_context.Role == Role.Dialer ? 1 : 0))
            return new TlsVerdict(TlsRefusal.SeveralCertificates);
        return TlsCertificateChecker.Check(der, _time.GetUtcNow(), _options.MaxCertificateLength, certificate);
    }

    private ProtocolId? ChosenMuxer()
    {
        var chosen = Tls.NegotiatedApplicationProtocol.Protocol.Span;
        if (chosen.IsEmpty)
            throw Failed("The peer agreed to no application protocol: it does not speak libp2p.");
        if (chosen.SequenceEqual(Plain.Protocol.Span))
            return null;
        foreach (var muxer in _context.Muxers)
        {
            if (chosen.SequenceEqual(muxer.Utf8.Span))
                return muxer;
        }
        throw Failed("The peer chose an application protocol that was not on offer.");
    }

    private async ValueTask SayAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _link.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Libp2pException)
        {
            // The link is gone already: there is nobody left to tell.
        }
    }

    private Libp2pException Explain(Exception e)
    {
        if (_refusal is not null)
            return _refusal;
        if (Stream.Failure is Libp2pException { Error: Libp2pError.ProtocolViolation } violation)
            return Failed(violation.Message, violation);
        if (Stream.Failure is Libp2pException { Error: Libp2pError.NegotiationFailed } refused)
            return refused;
        if (Stream.Failure is { } lost)
            return Failed($"The connection ended during the TLS handshake: {lost.Message}", lost);
        if (Stream.HasEnded)
            return Failed("The peer ended the connection during the TLS handshake.", e);
        return Failed($"The TLS handshake failed: {e.Message}{(e.InnerException is { } inner ? $" {inner.Message}" : "")}", e);
    }

    private static Libp2pException Refused(TlsVerdict verdict) => Failed($"{verdict.Reason}.");

    private static Libp2pException Failed(string message, Exception? inner = null) => new(Libp2pError.HandshakeFailed, message, inner);
}
