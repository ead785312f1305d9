using Libp2p.Testing;

namespace Libp2p.Tests.Crypto;

public sealed class Ed25519VerifierTests
{
    private static readonly byte[] Message = [1, 2, 3];

    [Fact]
    public void Prepares_a_key_after_so_many_good_signatures_and_judges_alike_before_and_after()
    {
        var verifier = new Ed25519Verifier<EdwardsPoint, EdwardsPoint.Prepared>();
        var (key, signature) = Sign(TestRandom.Create());
        byte[] bad = [.. signature];
        bad[5] ^= 1;
        for (var i = 1; i <= FrequentKeys<EdwardsPoint.Prepared[]>.Threshold + 2; i++)
        {
            Assert.False(verifier.Verify(key, Message, bad));
            Assert.Equal(i <= FrequentKeys<EdwardsPoint.Prepared[]>.Threshold ? 0 : 1, verifier.Keys.Count);
            Assert.True(verifier.Verify(key, Message, signature));
        }
        Assert.Equal(1, verifier.Keys.Count);
    }

    [Fact]
    public void Prepares_nothing_for_signatures_that_are_not_good()
    {
        var verifier = new Ed25519Verifier<EdwardsPoint, EdwardsPoint.Prepared>();
        var (key, signature) = Sign(TestRandom.Create());
        signature[5] ^= 1;
        for (var i = 0; i < 20; i++)
            Assert.False(verifier.Verify(key, Message, signature));
        Assert.Equal(0, verifier.Keys.Count);
    }

    [Fact]
    public void Allocates_nothing_but_what_it_keeps()
    {
        var verifier = Ed25519Verifier.Create();
        var random = TestRandom.Create();
        var signed = Enumerable.Range(0, 40).Select(_ => Sign(random)).ToArray();
        var next = 0;
        Assert.True(verifier.Verify(signed[0].Key, Message, signed[0].Signature));
        Assert.Equal(0, Allocations.Least(() => verifier.Verify(signed[++next].Key, Message, signed[next].Signature)));
        for (var i = 0; i < 5; i++)
            Assert.True(verifier.Verify(signed[0].Key, Message, signed[0].Signature));
        Assert.Equal(0, Allocations.Least(() => verifier.Verify(signed[0].Key, Message, signed[0].Signature)));
    }

    [Fact]
    public void May_be_used_by_many_threads_at_once()
    {
        var verifier = Ed25519Verifier.Create();
        var random = TestRandom.Create();
        var signed = Enumerable.Range(0, 8).Select(_ => Sign(random)).ToArray();
        Parallel.For(0, 400, i =>
        {
            var (key, signature) = signed[i % signed.Length];
            Assert.True(verifier.Verify(key, Message, signature));
            byte[] bad = [.. signature];
            bad[i % 64] ^= 1;
            Assert.False(verifier.Verify(key, Message, bad));
        });
    }

    private static (byte[] Key, byte[] Signature) Sign(Random random)
    {
        byte[] seed = random.Bytes(32), key = new byte[32], signature = new byte[64];
        ManagedCurveProviders.Current.Ed25519PublicKey(seed, key);
        ManagedCurveProviders.Current.Ed25519Sign(seed, key, Message, signature);
        return (key, signature);
    }
}

public sealed class ScalarEd25519VerifierTests : CurveProviderContract
{
    private protected override CurveProvider Provider => VerifyingProvider.Scalar(prepared: false);
}

public sealed class PreparedScalarEd25519VerifierTests : CurveProviderContract
{
    private protected override CurveProvider Provider => VerifyingProvider.Scalar(prepared: true);
}

public sealed class VectorEd25519VerifierTests : CurveProviderContract
{
    private protected override CurveProvider Provider => VerifyingProvider.Vector(prepared: false);
}

public sealed class PreparedVectorEd25519VerifierTests : CurveProviderContract
{
    private protected override CurveProvider Provider => VerifyingProvider.Vector(prepared: true);
}
