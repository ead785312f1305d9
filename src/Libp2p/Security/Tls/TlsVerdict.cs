namespace Libp2p.Security.Tls;

/// <summary>What came of checking a certificate.</summary>
/// <param name="Refusal">Why it is refused; <see cref="TlsRefusal.None"/> where it is good.</param>
/// <param name="Key">The identity that it proves, where it is good.</param>
/// <param name="Detail">More about the reason, where there is more.</param>
internal readonly record struct TlsVerdict(TlsRefusal Refusal, PublicKey? Key = null, string? Detail = null)
{
    /// <summary>The reason in one line.</summary>
    public string Reason => Detail is null ? Explain(Refusal) : $"{Explain(Refusal)}: {Detail}";

    private static string Explain(TlsRefusal refusal) => refusal switch
    {
        TlsRefusal.None => "The certificate is good",
        TlsRefusal.NoCertificate => "The peer sent no certificate",
        TlsRefusal.SeveralCertificates => "The peer sent more than one certificate",
        TlsRefusal.TooLong => "The peer's certificate is too long",
        TlsRefusal.Malformed => "The peer's certificate is no X.509 certificate of version 3 in DER",
        TlsRefusal.UniqueIdentifier => "The peer's certificate has a unique identifier, which is not allowed",
        TlsRefusal.UnknownCriticalExtension => "The peer's certificate has a critical extension that is not known here",
        TlsRefusal.NoIdentity => "The peer's certificate has no libp2p extension",
        TlsRefusal.MalformedIdentity => "The libp2p extension of the peer's certificate cannot be read",
        TlsRefusal.NotYetValid => "The peer's certificate is not valid yet: the clock of one side is wrong",
        TlsRefusal.Expired => "The peer's certificate has expired, or the clock of one side is wrong",
        TlsRefusal.Algorithm => "The peer's certificate is signed by an algorithm that is not taken for its key",
        TlsRefusal.CertificateKey => "The key of the peer's certificate cannot be used",
        TlsRefusal.Signature => "The own signature of the peer's certificate is wrong",
        TlsRefusal.IdentityKey => "The peer's identity key cannot be used",
        TlsRefusal.IdentitySignature => "The peer's identity did not sign the key of its certificate: it does not have the identity that it claims",
        _ => throw new ArgumentOutOfRangeException(nameof(refusal)),
    };
}
