namespace Libp2p.Tests.Crypto;

public sealed class OpenSslChaCha20Poly1305Tests : AeadCipherContract
{
    private protected override int KeyLength => 32;

    private protected override string VectorFile => "chacha20_poly1305_test.json";

    private protected override AeadCipher Create(byte[] key) => OpenSslAeadCipher.TryCreateChaCha20Poly1305(key).OrSkip();
}

public sealed class OpenSslAes128GcmTests : AeadCipherContract
{
    private protected override int KeyLength => 16;

    private protected override string VectorFile => "aes_gcm_test.json";

    private protected override AeadCipher Create(byte[] key) => OpenSslAeadCipher.TryCreateAesGcm(key).OrSkip();
}

public sealed class OpenSslAes256GcmTests : AeadCipherContract
{
    private protected override int KeyLength => 32;

    private protected override string VectorFile => "aes_gcm_test.json";

    private protected override AeadCipher Create(byte[] key) => OpenSslAeadCipher.TryCreateAesGcm(key).OrSkip();
}
