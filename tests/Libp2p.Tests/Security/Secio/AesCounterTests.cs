using Libp2p.Security.Secio;
using Libp2p.Testing;

namespace Libp2p.Tests.Security.Secio;

public sealed class AesCounterTests
{
    const string Plaintext =
        "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710";

    // NIST SP 800-38A, F.5.1 and F.5.5.
    [Theory]
    [InlineData(
        "2b7e151628aed2a6abf7158809cf4f3c",
        "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff5ae4df3edbd5d35e5b4f09020db03eab1e031dda2fbe03d1792170a0f3009cee")]
    [InlineData(
        "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
        "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c52b0930daa23de94ce87017ba2d84988ddfc9c58db67aada613c2dd08457941a6")]
    public void It_gives_the_vectors_of_NIST(string key, string ciphertext)
    {
        using var counter = new AesCounter(Convert.FromHexString(key), Convert.FromHexString("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"));
        var bytes = Convert.FromHexString(Plaintext);
        // In pieces that fit no block, in place.
        foreach (var piece in new[] { 0..1, 1..16, 16..47, 47..64 })
            counter.Apply(bytes.AsSpan(piece), bytes.AsSpan(piece));
        Assert.Equal(ciphertext, Convert.ToHexStringLower(bytes));
    }

    [Fact]
    public void What_is_applied_twice_is_what_it_was_whatever_the_pieces()
    {
        var random = TestRandom.Create();
        var (key, first) = (random.Bytes(32), random.Bytes(16));
        // A counter that wraps on the way.
        first.AsSpan(0, 14).Fill(0xff);
        using var one = new AesCounter(key, first);
        using var other = new AesCounter(key, first);
        var bytes = random.Bytes(100_000);
        var result = new byte[bytes.Length];
        one.Apply(bytes, result);
        Assert.NotEqual(bytes, result);
        for (var at = 0; at < result.Length;)
        {
            var count = Math.Min(random.Next(1, 5000), result.Length - at);
            other.Apply(result.AsSpan(at, count), result.AsSpan(at, count));
            at += count;
        }
        Assert.Equal(bytes, result);
    }
}
