namespace Libp2p.Tests.Crypto;

public sealed class BclChaCha20Poly1305Tests : AeadCipherContract
{
    private protected override int KeyLength => 32;

    private protected override string VectorFile => "chacha20_poly1305_test.json";

    private protected override AeadCipher Create(byte[] key)
    {
        Assert.SkipUnless(System.Security.Cryptography.ChaCha20Poly1305.IsSupported, "the system has no ChaCha20-Poly1305");
        return new BclChaCha20Poly1305(key);
    }
}
