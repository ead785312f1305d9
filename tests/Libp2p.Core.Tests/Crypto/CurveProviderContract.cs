namespace Libp2p.Tests.Crypto;

/// <summary>What every curve implementation must do; each runs it whole.</summary>
public abstract partial class CurveProviderContract
{
    private protected abstract CurveProvider Provider { get; }

    [Fact]
    public void Passes_the_self_test() => Assert.True(CurveSelfTest.Passes(Provider));

    [Fact]
    public void May_be_used_by_many_threads_at_once()
    {
        var provider = Provider;
        Parallel.For(0, 64, i =>
        {
            var random = new Random(i);
            var seed = new byte[32];
            random.NextBytes(seed);
            var key = new byte[32];
            var signature = new byte[64];
            provider.Ed25519PublicKey(seed, key);
            provider.Ed25519Sign(seed, key, seed, signature);
            Assert.True(provider.Ed25519Verify(key, seed, signature));
            signature[i] ^= 1;
            Assert.False(provider.Ed25519Verify(key, seed, signature));

            byte[] peer = [.. Enumerable.Repeat((byte)i, 32)], peerKey = new byte[32], ours = new byte[32], theirs = new byte[32];
            provider.X25519PublicKey(seed, key);
            provider.X25519PublicKey(peer, peerKey);
            Assert.True(provider.X25519Agree(seed, peerKey, ours));
            Assert.True(provider.X25519Agree(peer, key, theirs));
            Assert.Equal(ours, theirs);
        });
    }

    [Theory]
    [InlineData(31)]
    [InlineData(33)]
    [InlineData(0)]
    public void Refuses_its_callers_buffers_of_other_lengths(int wrong)
    {
        var provider = Provider;
        byte[] good = new byte[32], bad = new byte[wrong];
        Assert.Throws<ArgumentException>(() => provider.Ed25519PublicKey(bad, good));
        Assert.Throws<ArgumentException>(() => provider.Ed25519PublicKey(good, bad));
        Assert.Throws<ArgumentException>(() => provider.Ed25519Sign(bad, good, [], new byte[64]));
        Assert.Throws<ArgumentException>(() => provider.Ed25519Sign(good, bad, [], new byte[64]));
        Assert.Throws<ArgumentException>(() => provider.Ed25519Sign(good, good, [], new byte[wrong + 32]));
        Assert.Throws<ArgumentException>(() => provider.PrepareEd25519(bad, good));
        Assert.Throws<ArgumentException>(() => provider.PrepareEd25519(good, bad));
        Assert.Throws<ArgumentException>(() => provider.X25519PublicKey(bad, good));
        Assert.Throws<ArgumentException>(() => provider.X25519PublicKey(good, bad));
        Assert.Throws<ArgumentException>(() => provider.X25519Agree(bad, good, new byte[32]));
        Assert.Throws<ArgumentException>(() => provider.X25519Agree(good, bad, new byte[32]));
        Assert.Throws<ArgumentException>(() => provider.X25519Agree(good, good, bad));
    }

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex);

    private static string Text(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);
}
