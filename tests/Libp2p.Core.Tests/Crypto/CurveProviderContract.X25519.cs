using Libp2p.Testing;
using Libp2p.Tests.Support;

namespace Libp2p.Tests.Crypto;

public abstract partial class CurveProviderContract
{
    [Theory]
    [InlineData("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4", "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c", "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552")]
    [InlineData("4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d", "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493", "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957")]
    public void X25519_gives_the_answers_of_RFC_7748(string scalar, string u, string expected)
    {
        var shared = new byte[32];
        Assert.True(Provider.X25519Agree(Bytes(scalar), Bytes(u), shared));
        Assert.Equal(expected, Text(shared));
    }

    [Theory]
    [InlineData(1, "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079")]
    [InlineData(1_000, "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51")]
    public void X25519_iterated_gives_the_answers_of_RFC_7748(int times, string expected) => Iterate(times, expected);

    [Fact(Explicit = true)]
    public void X25519_iterated_a_million_times_gives_the_answer_of_RFC_7748() =>
        Iterate(1_000_000, "7c3911e0ab2586fd864497297e575e6f3bc601c0883c30df5f4dd2d24f665424");

    [Fact]
    public void X25519_agrees_as_RFC_7748_says()
    {
        var alice = Bytes("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
        var bob = Bytes("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
        byte[] alicePublic = new byte[32], bobPublic = new byte[32], shared = new byte[32];
        Provider.X25519PublicKey(alice, alicePublic);
        Provider.X25519PublicKey(bob, bobPublic);
        Assert.Equal("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a", Text(alicePublic));
        Assert.Equal("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f", Text(bobPublic));
        Assert.True(Provider.X25519Agree(alice, bobPublic, shared));
        Assert.Equal("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742", Text(shared));
        Assert.True(Provider.X25519Agree(bob, alicePublic, shared));
        Assert.Equal("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742", Text(shared));
    }

    [Fact]
    public void X25519_judges_as_Wycheproof_does()
    {
        using var document = Wycheproof.Read("x25519_test.json");
        var wrong = new List<int>();
        var shared = new byte[32];
        var (count, zeros) = (0, 0);
        foreach (var (_, test) in document.Tests())
        {
            count++;
            var zero = test.HasFlag("ZeroSharedSecret");
            zeros += zero ? 1 : 0;
            var agreed = Provider.X25519Agree(test.Hex("private"), test.Hex("public"), shared);
            if (agreed == zero || Text(shared) != test.Text("shared"))
                wrong.Add(test.Number("tcId"));
        }
        Assert.Empty(wrong);
        Assert.Equal(document.RootElement.Number("numberOfTests"), count);
        Assert.NotEqual(0, zeros);
    }

    [Fact]
    public void X25519_public_key_is_the_agreement_with_nine()
    {
        var random = TestRandom.Create();
        var nine = new byte[32];
        nine[0] = 9;
        byte[] publicKey = new byte[32], shared = new byte[32];
        for (var i = 0; i < 50; i++)
        {
            var privateKey = random.Bytes(32);
            Provider.X25519PublicKey(privateKey, publicKey);
            Assert.True(Provider.X25519Agree(privateKey, nine, shared));
            Assert.Equal(shared, publicKey);
        }
    }

    private void Iterate(int times, string expected)
    {
        byte[] k = new byte[32], u = new byte[32], result = new byte[32];
        k[0] = u[0] = 9;
        for (var i = 0; i < times; i++)
        {
            Assert.True(Provider.X25519Agree(k, u, result));
            (k, u, result) = (result, k, u);
        }
        Assert.Equal(expected, Text(k));
    }
}
