using Libp2p.Testing;
using Libp2p.Tests.Support;

namespace Libp2p.Tests.Identities;

public class PublicKeyTests
{
    public static TheoryData<KeyType> Types => [.. Enum.GetValues<KeyType>()];

    [Theory]
    [MemberData(nameof(KeyVectors.All), MemberType = typeof(KeyVectors))]
    public void The_specifications_keys_are_read_and_written(KeyType type, byte[] privateKey, byte[] publicKey)
    {
        Assert.True(PublicKey.TryDecode(publicKey, out var key, out var error), error);
        Assert.Equal(type, key.Type);
        Assert.Equal(publicKey, key.ToProtobuf());
        Assert.Equal(publicKey, key.Encoded.ToArray());
        Assert.True(publicKey.AsSpan().EndsWith(key.Data.Span));
        Assert.True(PublicKey.TryCreate(type, key.Data.Span, out var same, out error), error);
        Assert.Equal(key, same);
        Assert.Equal(key.GetHashCode(), same.GetHashCode());
        Assert.True(key == same);
        Assert.False(PublicKey.TryDecode(privateKey, out _, out _));
    }

    [Fact]
    public void Keys_differ_by_type_and_by_value()
    {
        var keys = KeyVectors.Pairs.Select(pair => Decode(Convert.FromHexString(pair.PublicKey))).ToHashSet();
        using var other = PrivateKey.Generate();
        Assert.True(keys.Add(other.PublicKey));
        Assert.False(keys.Add(other.PublicKey));
        Assert.True(other.PublicKey != keys.First());
        Assert.Equal(KeyVectors.Pairs.Length + 1, keys.Count);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_truncation_and_every_extension_is_refused(KeyType type)
    {
        var encoded = KeyVectors.PublicKey(type);
        for (var length = 0; length < encoded.Length; length++)
            AssertRefused(encoded[..length]);
        AssertRefused([.. encoded, 0]);
        AssertRefused([.. encoded, .. encoded]);
        AssertRefused([.. encoded, 0x18, 0x01]);
    }

    [Theory]
    [InlineData("12201ed1e8fae2c4a144b8be8fd4b47bf3d3b34b871c3cacf6010f0e42d474fce27e0801", "data before type")]
    [InlineData("12201ed1e8fae2c4a144b8be8fd4b47bf3d3b34b871c3cacf6010f0e42d474fce27e", "no type")]
    [InlineData("0801080112201ed1e8fae2c4a144b8be8fd4b47bf3d3b34b871c3cacf6010f0e42d474fce27e", "two types")]
    [InlineData("08810012201ed1e8fae2c4a144b8be8fd4b47bf3d3b34b871c3cacf6010f0e42d474fce27e", "type in two bytes")]
    [InlineData("880001" + "12201ed1e8fae2c4a144b8be8fd4b47bf3d3b34b871c3cacf6010f0e42d474fce27e", "tag in two bytes")]
    [InlineData("080112a0001ed1e8fae2c4a144b8be8fd4b47bf3d3b34b871c3cacf6010f0e42d474fce27e", "length in two bytes")]
    [InlineData("0a2408011220" + "1ed1e8fae2c4a144b8be8fd4b47bf3d3b34b871c3cacf6010f0e42d474fce27e", "a key inside a key")]
    [InlineData("080112ffffffffffffffffff01", "a declared length of 2^64-1")]
    [InlineData("080112ffffffff07", "a declared length of 2^31-1")]
    [InlineData("08ffffffffffffffffff7f1200", "a varint above 64 bits")]
    [InlineData("0801130114", "a group")]
    [InlineData("08041200", "type 4")]
    [InlineData("08ffffffffffffffffff011200", "type 2^64-1")]
    public void What_is_not_the_one_encoding_is_refused(string hex, string what) => AssertRefused(Convert.FromHexString(hex), what);

    [Fact]
    public void An_unknown_type_is_named()
    {
        Assert.False(PublicKey.TryDecode([0x08, 0x07, 0x12, 0x00], out _, out var error));
        Assert.Contains("type 7", error);
    }

    [Theory]
    [InlineData(256 * 8 - 1, false)]
    [InlineData(256 * 8, true)]
    [InlineData(1024 * 8, true)]
    [InlineData(1024 * 8 + 1, false)]
    [InlineData(16384, false)]
    [InlineData(500_000, false)]
    public void An_RSA_key_is_judged_by_the_length_of_its_modulus(int bits, bool accepted)
    {
        var modulus = new byte[(bits + 7) / 8];
        modulus[0] = (byte)(1 << ((bits + 7) % 8));
        modulus[^1] |= 1;
        var data = SubjectPublicKeyInfo(modulus, [1, 0, 1]);
        Assert.Equal(accepted, PublicKey.TryCreate(KeyType.Rsa, data, out var key, out var error));
        if (accepted)
        {
            Assert.InRange(key!.Encoded.Length, 1, PublicKey.MaxEncodedLength);
            Assert.True(PublicKey.TryDecode(key.Encoded.Span, out _, out error), error);
        }
        else
        {
            Assert.Contains($"not {bits}", error);
        }
    }

    [Theory]
    [InlineData("01", false)]
    [InlineData("03", true)]
    [InlineData("010000", false)]
    [InlineData("7fffffff", true)]
    [InlineData("80000001", false)]
    [InlineData("0100000001", false)]
    public void An_RSA_exponent_is_odd_and_small(string exponent, bool accepted)
    {
        var modulus = Enumerable.Repeat((byte)0xff, 256).ToArray();
        Assert.Equal(accepted, PublicKey.TryCreate(KeyType.Rsa, SubjectPublicKeyInfo(modulus, Convert.FromHexString(exponent)), out _, out _));
    }

    [Theory]
    [InlineData(KeyType.Secp256k1, "02fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f", "x is the prime")]
    [InlineData(KeyType.Secp256k1, "020000000000000000000000000000000000000000000000000000000000000005", "no y for this x")]
    [InlineData(KeyType.Secp256k1, "04777e994e452c21604f91de093ce415f5432f701dd8cd1a7a6fea0e630bfca999", "not a compressed point")]
    [InlineData(KeyType.Secp256k1, "00", "the point at infinity")]
    [InlineData(KeyType.Ed25519, "", "nothing")]
    public void A_key_that_is_no_point_is_refused(KeyType type, string hex, string what) =>
        Assert.False(PublicKey.TryCreate(type, Convert.FromHexString(hex), out _, out _), what);

    [Fact]
    public void A_P256_key_off_the_curve_is_refused()
    {
        var encoded = KeyVectors.PublicKey(KeyType.Ecdsa);
        encoded[^1] ^= 1;
        Assert.False(PublicKey.TryDecode(encoded, out _, out var error));
        Assert.Contains("point", error);
    }

    [Fact]
    public void Secp256k1_points_survive_compression()
    {
        Span<byte> point = stackalloc byte[WeierstrassCurve.UncompressedLength];
        for (var i = 0; i < 50; i++)
        {
            var (_, made) = EcdsaKeys.Generate(WeierstrassCurve.Secp256k1);
            Assert.True(WeierstrassCurve.Secp256k1.IsPoint(made));
            Assert.True(WeierstrassCurve.Secp256k1.TryDecompress(WeierstrassCurve.Compress(made), point));
            Assert.Equal(made, point.ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_wrong_or_missing_signature_is_refused(KeyType type)
    {
        using var key = PrivateKey.Generate(type);
        using var other = PrivateKey.Generate(type);
        var message = "what was signed"u8;
        var signature = key.Sign(message);
        Assert.True(key.PublicKey.Verify(message, signature));
        Assert.False(key.PublicKey.Verify("what was not"u8, signature));
        Assert.False(key.PublicKey.Verify(message, []));
        Assert.False(key.PublicKey.Verify(message, new byte[signature.Length]));
        Assert.False(key.PublicKey.Verify(message, signature.AsSpan()[..^1]));
        Assert.False(key.PublicKey.Verify(message, [.. signature, 0]));
        Assert.False(key.PublicKey.Verify(message, new byte[100_000]));
        Assert.False(other.PublicKey.Verify(message, signature));
        for (var position = 0; position < signature.Length; position += Math.Max(1, signature.Length / 64))
        {
            var damaged = (byte[])signature.Clone();
            damaged[position] ^= 1;
            Assert.False(key.PublicKey.Verify(message, damaged), $"byte {position} of {signature.Length}");
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_key_given_as_another_type_verifies_nothing(KeyType type)
    {
        using var key = PrivateKey.Generate(type);
        foreach (var claimed in Enum.GetValues<KeyType>().Where(claimed => claimed != type))
        {
            if (PublicKey.TryCreate(claimed, key.PublicKey.Data.Span, out var confused, out _))
                Assert.False(confused.Verify("message"u8, key.Sign("message"u8)));
        }
        Assert.False(PublicKey.TryCreate((KeyType)9, key.PublicKey.Data.Span, out _, out _));
    }

    [Fact]
    public void Random_bytes_never_throw()
    {
        var random = TestRandom.Create();
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = Hostile.Mutate(random, KeyVectors.PublicKey((KeyType)random.Next(4)));
            if (PublicKey.TryDecode(bytes, out var key, out _))
            {
                Assert.Equal(bytes, key.ToProtobuf());
                Assert.False(key.Verify("message"u8, bytes));
            }
            if (i % 20 == 0 && PrivateKey.TryDecode(Hostile.Mutate(random, KeyVectors.PrivateKey((KeyType)random.Next(4))), out var secret, out _))
                secret.Dispose();
        }
    }

    static PublicKey Decode(byte[] encoded)
    {
        Assert.True(PublicKey.TryDecode(encoded, out var key, out var error), error);
        return key;
    }

    static void AssertRefused(byte[] encoded, string? what = null)
    {
        Assert.False(PublicKey.TryDecode(encoded, out var key, out var error), what);
        Assert.Null(key);
        Assert.NotEmpty(error);
        Assert.DoesNotContain('\n', error);
    }

    static byte[] SubjectPublicKeyInfo(byte[] modulus, byte[] exponent)
    {
        var numbers = Der(0x30, [.. Integer(modulus), .. Integer(exponent)]);
        return Der(0x30, [.. Convert.FromHexString("300d06092a864886f70d0101010500"), .. Der(0x03, [0, .. numbers])]);
    }

    static byte[] Integer(byte[] magnitude) => Der(0x02, magnitude[0] >= 0x80 ? [0, .. magnitude] : magnitude);

    static byte[] Der(byte tag, byte[] content) => content.Length switch
    {
        < 0x80 => [tag, (byte)content.Length, .. content],
        < 0x100 => [tag, 0x81, (byte)content.Length, .. content],
        _ => [tag, 0x82, (byte)(content.Length >> 8), (byte)content.Length, .. content],
    };
}
