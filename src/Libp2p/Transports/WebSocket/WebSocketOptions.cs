using System.Security.Cryptography.X509Certificates;

namespace Libp2p.Transports.WebSocket;

/// <summary>Options of WebSocket.</summary>
public sealed class WebSocketOptions
{
    /// <summary>From the first byte to the open WebSocket, TLS included: absolute, however busily the other side drips. Default 15 s.</summary>
    public TimeSpan HandshakeTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>The largest message that is taken, in bytes. It is streamed through: nothing is reserved for it. Default 1 MiB.</summary>
    public int MaxMessage { get; set; } = 1024 * 1024;

    /// <summary>
    /// The certificate that <c>/tls/ws</c> listeners show: a PEM file with the certificate and those that lead to its root. Read
    /// again when it has changed. Default: none, which makes a self-signed one, for peers that look at the peer id alone.
    /// </summary>
    public string? CertificateFile { get; set; }

    /// <summary>The PEM file of the certificate's key; null where it is in <see cref="CertificateFile"/>.</summary>
    public string? CertificateKeyFile { get; set; }

    /// <summary>Roots that are trusted beside the system's when dialling.</summary>
    public X509Certificate2Collection TrustedRoots { get; } = [];

    /// <summary>
    /// Takes any certificate of a server that is dialled at a numeric address of this machine, its link or a private network, for
    /// which no authority would vouch. The peer proves its identity inside in any case. Default true.
    /// </summary>
    public bool AllowUntrustedOnPrivateAddresses { get; set; } = true;

    /// <summary>The header in which a trusted proxy tells where a link comes from. Default <see cref="ForwardedHeader.XForwardedFor"/>.</summary>
    public ForwardedHeader ForwardedHeader { get; set; } = ForwardedHeader.XForwardedFor;

    /// <summary>Throws where a value makes no sense.</summary>
    /// <exception cref="ArgumentException">With the option's name.</exception>
    public void Validate()
    {
        if (CertificateKeyFile is not null && CertificateFile is null)
            throw new ArgumentException("A key needs its certificate.", nameof(CertificateFile));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(HandshakeTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxMessage, 64 * 1024);
    }
}
