namespace Libp2p.Security.Tls;

/// <summary>The bounds of TLS, and how long a certificate of this node lives.</summary>
public sealed class TlsOptions
{
    internal const int DefaultMaxCertificateLength = 16 * 1024;

    /// <summary>
    /// How long a certificate of this node is valid. It is made anew when half of that is over, so a peer's clock may be ahead of
    /// ours by the other half. Default 365 days; at least two hours.
    /// </summary>
    public TimeSpan CertificateLifetime { get; set; } = TimeSpan.FromDays(365);

    /// <summary>
    /// The longest certificate that is looked at, in bytes. Default 16 KiB; the largest that a libp2p peer has reason to send, with
    /// two RSA keys of 8192 bits, has about 5 KiB. At least 4 KiB, at most 64 KiB.
    /// </summary>
    public int MaxCertificateLength { get; set; } = DefaultMaxCertificateLength;

    /// <summary>Throws where the values make no sense.</summary>
    /// <exception cref="ArgumentOutOfRangeException">With the option's name.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(CertificateLifetime, TimeSpan.FromHours(2));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(CertificateLifetime, TimeSpan.FromDays(36_500));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxCertificateLength, 4 * 1024);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxCertificateLength, 64 * 1024);
    }
}
