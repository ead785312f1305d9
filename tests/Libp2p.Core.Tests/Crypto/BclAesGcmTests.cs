namespace Libp2p.Tests.Crypto;

public sealed class BclAes128GcmTests : AeadCipherContract
{
    private protected override int KeyLength => 16;

    private protected override string VectorFile => "aes_gcm_test.json";

    private protected override AeadCipher Create(byte[] key) => new BclAesGcm(key);
}

public sealed class BclAes256GcmTests : AeadCipherContract
{
    private protected override int KeyLength => 32;

    private protected override string VectorFile => "aes_gcm_test.json";

    private protected override AeadCipher Create(byte[] key) => new BclAesGcm(key);
}
