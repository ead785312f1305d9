using Libp2p.Testing;
using Libp2p.Tests.Support;

namespace Libp2p.Tests.Crypto;

public abstract partial class CurveProviderContract
{
    [Fact]
    public void Ed25519_gives_the_answers_of_RFC_8032()
    {
        var publicKey = new byte[32];
        var signature = new byte[64];
        foreach (var vector in Rfc8032Vectors.All)
        {
            Provider.Ed25519PublicKey(Bytes(vector.Seed), publicKey);
            Assert.Equal(vector.PublicKey, Text(publicKey));
            Provider.Ed25519Sign(Bytes(vector.Seed), publicKey, Bytes(vector.Message), signature);
            Assert.Equal(vector.Signature, Text(signature));
            Assert.True(Provider.Ed25519Verify(publicKey, Bytes(vector.Message), signature));
        }
    }

    [Fact]
    public void A_prepared_Ed25519_key_gives_the_answers_of_RFC_8032()
    {
        var signature = new byte[64];
        foreach (var vector in Rfc8032Vectors.All)
        {
            using var key = Provider.PrepareEd25519(Bytes(vector.Seed), Bytes(vector.PublicKey));
            for (var i = 0; i < 3; i++)
            {
                signature.AsSpan().Clear();
                key.Sign(Bytes(vector.Message), signature);
                Assert.Equal(vector.Signature, Text(signature));
            }
        }
    }

    [Fact]
    public void Many_threads_may_sign_with_one_prepared_Ed25519_key()
    {
        var vector = Rfc8032Vectors.All[2];
        var (seed, publicKey) = (Bytes(vector.Seed), Bytes(vector.PublicKey));
        using var key = Provider.PrepareEd25519(seed, publicKey);
        var provider = Provider;
        Parallel.For(0, 8, i =>
        {
            byte[] signature = new byte[64], expected = new byte[64];
            for (var j = 0; j < 20; j++)
            {
                byte[] message = [(byte)i, (byte)j];
                key.Sign(message, signature);
                provider.Ed25519Sign(seed, publicKey, message, expected);
                Assert.Equal(expected, signature);
            }
        });
    }

    [Fact]
    public void A_disposed_Ed25519_key_signs_no_more()
    {
        var key = Provider.PrepareEd25519(Bytes(Rfc8032Vectors.All[2].Seed), Bytes(Rfc8032Vectors.All[2].PublicKey));
        Assert.Throws<ArgumentException>(() => key.Sign([], new byte[63]));
        key.Dispose();
        key.Dispose();
        Assert.Throws<ObjectDisposedException>(() => key.Sign([], new byte[64]));
    }

    [Fact]
    public void Ed25519_judges_as_Wycheproof_does()
    {
        using var document = Wycheproof.Read("ed25519_test.json");
        var wrong = new List<int>();
        var count = 0;
        foreach (var (group, test) in document.Tests())
        {
            count++;
            var valid = Provider.Ed25519Verify(group.GetProperty("publicKey").Hex("pk"), test.Hex("msg"), test.Hex("sig"));
            if (valid != (test.Text("result") == "valid"))
                wrong.Add(test.Number("tcId"));
        }
        Assert.Empty(wrong);
        Assert.Equal(document.RootElement.Number("numberOfTests"), count);
    }

    [Fact]
    public void Ed25519_finds_every_flipped_bit()
    {
        var (seed, publicKey, message) = (Bytes(Rfc8032Vectors.All[2].Seed), Bytes(Rfc8032Vectors.All[2].PublicKey), Bytes("af82"));
        var signature = new byte[64];
        Provider.Ed25519Sign(seed, publicKey, message, signature);
        for (var bit = 0; bit < 512; bit++)
        {
            signature[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(Provider.Ed25519Verify(publicKey, message, signature), $"bit {bit} of the signature");
            signature[bit / 8] ^= (byte)(1 << (bit % 8));
        }
        for (var bit = 0; bit < 256; bit++)
        {
            publicKey[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(Provider.Ed25519Verify(publicKey, message, signature), $"bit {bit} of the key");
            publicKey[bit / 8] ^= (byte)(1 << (bit % 8));
        }
        message[1] ^= 1;
        Assert.False(Provider.Ed25519Verify(publicKey, message, signature));
        message[1] ^= 1;
        Assert.True(Provider.Ed25519Verify(publicKey, message, signature));
    }

    [Fact]
    public void Ed25519_calls_inputs_of_wrong_lengths_not_valid()
    {
        var publicKey = Bytes(Rfc8032Vectors.All[0].PublicKey);
        var signature = Bytes(Rfc8032Vectors.All[0].Signature);
        Assert.True(Provider.Ed25519Verify(publicKey, [], signature));
        Assert.False(Provider.Ed25519Verify(publicKey, [], signature.AsSpan(0, 63)));
        Assert.False(Provider.Ed25519Verify(publicKey, [], [.. signature, 0]));
        Assert.False(Provider.Ed25519Verify(publicKey, [], []));
        Assert.False(Provider.Ed25519Verify(publicKey.AsSpan(0, 31), [], signature));
        Assert.False(Provider.Ed25519Verify([.. publicKey, 0], [], signature));
        Assert.False(Provider.Ed25519Verify([], [], signature));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(111)]
    [InlineData(1023)]
    [InlineData(1024)]
    [InlineData(1025)]
    [InlineData(70_000)]
    public void Ed25519_signs_messages_of_any_length(int length)
    {
        var random = TestRandom.Create();
        var (seed, message) = (random.Bytes(32), random.Bytes(length));
        byte[] publicKey = new byte[32], signature = new byte[64];
        Provider.Ed25519PublicKey(seed, publicKey);
        Provider.Ed25519Sign(seed, publicKey, message, signature);
        Assert.True(Provider.Ed25519Verify(publicKey, message, signature));
        Assert.False(Provider.Ed25519Verify(publicKey, [.. message, 0], signature));
    }

    [Fact]
    public void Ed25519_refuses_S_that_is_not_below_the_order()
    {
        // S + L satisfies the same equation; taking it would give every signature a twin.
        var order = (System.Numerics.BigInteger.One << 252) + System.Numerics.BigInteger.Parse("27742317777372353535851937790883648493");
        var publicKey = Bytes(Rfc8032Vectors.All[1].PublicKey);
        var signature = Bytes(Rfc8032Vectors.All[1].Signature);
        Assert.True(Provider.Ed25519Verify(publicKey, Bytes("72"), signature));
        var twin = new System.Numerics.BigInteger(signature.AsSpan(32), isUnsigned: true) + order;
        Assert.True(twin.TryWriteBytes(signature.AsSpan(32), out var written, isUnsigned: true));
        signature.AsSpan(32 + written).Clear();
        Assert.False(Provider.Ed25519Verify(publicKey, Bytes("72"), signature));
    }

    /// <summary>The rules for points that RFC 8032 leaves to implementations, as OpenSSL has them.</summary>
    [Theory]
    // The neutral element: in its canonical form, with the sign of zero set, and as p + 1 (with and without the sign).
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000", "0100000000000000000000000000000000000000000000000000000000000000", true)]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000080", "0100000000000000000000000000000000000000000000000000000000000000", true)]
    [InlineData("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "0100000000000000000000000000000000000000000000000000000000000000", true)]
    [InlineData("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "0100000000000000000000000000000000000000000000000000000000000000", true)]
    // The same as the commitment, which must be canonical.
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000", "0100000000000000000000000000000000000000000000000000000000000080", false)]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000", "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", false)]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000", "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", false)]
    // y = 2 is on no point of the curve.
    [InlineData("0200000000000000000000000000000000000000000000000000000000000000", "0100000000000000000000000000000000000000000000000000000000000000", false)]
    public void Ed25519_treats_odd_points_as_OpenSSL_does(string publicKey, string commitment, bool valid)
    {
        byte[] signature = [.. Bytes(commitment), .. new byte[32]];
        Assert.Equal(valid, Provider.Ed25519Verify(Bytes(publicKey), "odd"u8, signature));
    }
}
