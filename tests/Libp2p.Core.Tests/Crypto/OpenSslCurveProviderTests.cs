using Libp2p.Testing;
namespace Libp2p.Tests.Crypto;

public sealed class OpenSslCurveProviderTests : CurveProviderContract
{
    private protected override CurveProvider Provider => OpenSsl.Curves();

    [Fact]
    public void Allocates_nothing()
    {
        var provider = Provider;
        byte[] seed = new byte[32], key = new byte[32], signature = new byte[64], shared = new byte[32];
        seed[0] = 1;
        using var prepared = provider.PrepareEd25519(seed, key);
        Assert.Equal(0, Allocations.Least(Run));

        void Run()
        {
            provider.Ed25519PublicKey(seed, key);
            provider.Ed25519Sign(seed, key, seed, signature);
            prepared.Sign(seed, signature);
            provider.Ed25519Verify(key, seed, signature);
            provider.X25519PublicKey(seed, key);
            provider.X25519Agree(seed, key, shared);
        }
    }
}
