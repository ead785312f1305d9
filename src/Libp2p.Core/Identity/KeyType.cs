namespace Libp2p;

/// <summary>The algorithm of an identity key; the numbers are those of the wire (peer-id specification, "Keys").</summary>
public enum KeyType
{
    /// <summary>RSA of 2048 to 8192 bits; signatures are PKCS#1 v1.5 over SHA-256.</summary>
    Rsa = 0,

    /// <summary>Ed25519 (RFC 8032), which every implementation speaks.</summary>
    Ed25519 = 1,

    /// <summary>ECDSA over secp256k1 and SHA-256; signatures are DER with a low S.</summary>
    Secp256k1 = 2,

    /// <summary>ECDSA over P-256 and SHA-256; signatures are DER.</summary>
    Ecdsa = 3,
}
