namespace Libp2p.Security.Tls;

/// <summary>Why a certificate is refused (tls/tls.md, "Peer Authentication").</summary>
internal enum TlsRefusal
{
    /// <summary>It is not refused.</summary>
    None,

    /// <summary>There is none.</summary>
    NoCertificate,

    /// <summary>There are several; exactly one is allowed.</summary>
    SeveralCertificates,

    /// <summary>It is longer than is looked at.</summary>
    TooLong,

    /// <summary>It is not an X.509 certificate of version 3 in DER.</summary>
    Malformed,

    /// <summary>It has one of the unique identifiers, which must be left out.</summary>
    UniqueIdentifier,

    /// <summary>It has a critical extension that nobody here understands.</summary>
    UnknownCriticalExtension,

    /// <summary>It has no libp2p extension.</summary>
    NoIdentity,

    /// <summary>Its libp2p extension is not readable, or there twice.</summary>
    MalformedIdentity,

    /// <summary>It is not valid yet.</summary>
    NotYetValid,

    /// <summary>It is not valid any more.</summary>
    Expired,

    /// <summary>Key and signature are no pair that is taken: see <see cref="TlsSignatureScheme"/>.</summary>
    Algorithm,

    /// <summary>Its key is out of bounds, or no key.</summary>
    CertificateKey,

    /// <summary>Its own signature is wrong.</summary>
    Signature,

    /// <summary>The identity key in it cannot be used.</summary>
    IdentityKey,

    /// <summary>The identity did not sign the certificate's key.</summary>
    IdentitySignature,
}
