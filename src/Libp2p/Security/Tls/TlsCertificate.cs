namespace Libp2p.Security.Tls;

/// <summary>What a certificate says, as slices of its bytes; nothing of it is proven.</summary>
internal readonly ref struct TlsCertificate
{
    /// <summary>What its own signature covers: the TBSCertificate as it is encoded.</summary>
    public ReadOnlySpan<byte> Signed { get; init; }

    /// <summary>Its own signature.</summary>
    public ReadOnlySpan<byte> Signature { get; init; }

    /// <summary>How it is signed; the key fits.</summary>
    public TlsSignatureScheme Scheme { get; init; }

    /// <summary>Its key, a SubjectPublicKeyInfo, as it is encoded: what the identity signs.</summary>
    public ReadOnlySpan<byte> Key { get; init; }

    /// <summary>The first second in which it is valid, since 1970.</summary>
    public long NotBefore { get; init; }

    /// <summary>The last second in which it is valid, since 1970.</summary>
    public long NotAfter { get; init; }

    /// <summary>The identity key as protobuf.</summary>
    public ReadOnlySpan<byte> IdentityKey { get; init; }

    /// <summary>The signature by that key.</summary>
    public ReadOnlySpan<byte> IdentitySignature { get; init; }
}
