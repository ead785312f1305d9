namespace Libp2p.Tests.Crypto;

public sealed class ManagedCurveProviderTests : CurveProviderContract
{
    private protected override CurveProvider Provider => ManagedCurveProviders.Current;

    [Fact]
    public void Is_preferred_once_it_is_compiled_and_tested() =>
        Assert.True(SpinWait.SpinUntil(ManagedCurveProviders.IsReady, TimeSpan.FromSeconds(60)));

    [Fact]
    public void What_is_preferred_answers_as_before_it_was()
    {
        byte[] seed = new byte[32], key = new byte[32], expected = new byte[32], signature = new byte[64];
        seed[3] = 7;
        CurveProviders.Current.Ed25519PublicKey(seed, key);
        CurveProviders.Current.Ed25519Sign(seed, key, seed, signature);
        CurveProviders.Current.X25519PublicKey(seed, expected);
        do
        {
            Assert.True(Ed25519.Verify(key, seed, signature));
            Assert.False(Ed25519.Verify(key, key, signature));
            X25519.GetPublicKey(seed, key);
            Assert.Equal(expected, key);
            CurveProviders.Current.Ed25519PublicKey(seed, key);
        }
        while (!ManagedCurveProviders.IsReady());
    }
}
