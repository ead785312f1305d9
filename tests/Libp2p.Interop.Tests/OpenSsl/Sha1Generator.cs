using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Libp2p.Interop.Tests.OpenSsl;

/// <summary>Signs certificates with RSA and SHA-1, which the platform does not any more.</summary>
sealed class Sha1Generator(RSA key) : X509SignatureGenerator
{
    // sha1WithRSAEncryption, NULL
    public override byte[] GetSignatureAlgorithmIdentifier(HashAlgorithmName hashAlgorithm) =>
        [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x05, 0x05, 0x00];

    public override byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm) =>
        key.SignData(data, HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1);

    protected override System.Security.Cryptography.X509Certificates.PublicKey BuildPublicKey() => CreateForRSA(key, RSASignaturePadding.Pkcs1).PublicKey;
}
