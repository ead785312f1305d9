namespace Libp2p.Security.Tls;

/// <summary>
/// How a certificate may sign itself: the pairs of key and hash that TLS 1.3 has (RFC 8446 §4.2.3), but for EdDSA, which not
/// every platform's TLS speaks and no implementation of libp2p uses.
/// </summary>
internal enum TlsSignatureScheme
{
    EcdsaP256Sha256,
    EcdsaP384Sha384,
    EcdsaP521Sha512,
    RsaPkcs1Sha256,
    RsaPkcs1Sha384,
    RsaPkcs1Sha512,
    RsaPssSha256,
    RsaPssSha384,
    RsaPssSha512,
}
