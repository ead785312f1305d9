namespace Libp2p.Tests.Identities;

public class PrivateKeyTests
{
    public static TheoryData<KeyType> Types => [.. Enum.GetValues<KeyType>()];

    [Theory]
    [MemberData(nameof(KeyVectors.All), MemberType = typeof(KeyVectors))]
    public void The_specifications_private_keys_give_their_public_keys(KeyType type, byte[] privateKey, byte[] publicKey)
    {
        Assert.True(PrivateKey.TryDecode(privateKey, out var key, out var error), error);
        using (key)
        {
            Assert.Equal(type, key.Type);
            Assert.Equal(publicKey, key.PublicKey.ToProtobuf());
            Assert.Equal(privateKey, key.ToProtobuf());
            var signature = key.Sign("message"u8);
            Assert.True(key.PublicKey.Verify("message"u8, signature));
            Assert.True(PublicKey.TryDecode(publicKey, out var read, out error), error);
            Assert.True(read.Verify("message"u8, signature));
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_generated_key_survives_its_encoding(KeyType type)
    {
        using var key = PrivateKey.Generate(type);
        var encoded = key.ToProtobuf();
        Assert.True(PrivateKey.TryDecode(encoded, out var read, out var error), error);
        using (read)
        {
            Assert.Equal(encoded, read.ToProtobuf());
            Assert.Equal(key.PublicKey, read.PublicKey);
            Assert.True(key.PublicKey.Verify("hello"u8, read.Sign("hello"u8)));
        }
    }

    [Theory]
    [InlineData(KeyType.Secp256k1)]
    [InlineData(KeyType.Ecdsa)]
    public void A_private_scalar_out_of_range_is_refused(KeyType type)
    {
        var order = type == KeyType.Ecdsa
            ? "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"
            : "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
        foreach (var scalar in new[] { new string('0', 64), order, new string('f', 64) })
        {
            var encoded = KeyVectors.PrivateKey(type);
            Convert.FromHexString(scalar).CopyTo(encoded, type == KeyType.Ecdsa ? 11 : 4);
            Assert.False(PrivateKey.TryDecode(encoded, out _, out var error));
            Assert.Contains("order", error);
        }
    }

    [Fact]
    public void An_old_Ed25519_key_of_96_bytes_is_read_and_written_in_64()
    {
        var current = KeyVectors.PrivateKey(KeyType.Ed25519);
        byte[] old = [0x08, 0x01, 0x12, 0x60, .. current[4..], .. current[^32..]];
        Assert.True(PrivateKey.TryDecode(old, out var key, out var error), error);
        using (key)
            Assert.Equal(current, key.ToProtobuf());
    }

    [Theory]
    [InlineData(4 + 32)]
    [InlineData(4 + 64)]
    public void An_Ed25519_key_with_a_public_key_not_its_own_is_refused(int position)
    {
        var current = KeyVectors.PrivateKey(KeyType.Ed25519);
        byte[] old = [0x08, 0x01, 0x12, 0x60, .. current[4..], .. current[^32..]];
        old[position] ^= 1;
        Assert.False(PrivateKey.TryDecode(old, out _, out var error));
        Assert.Contains("not its own", error);
    }

    [Fact]
    public void An_ECDSA_key_with_a_public_key_not_its_own_is_refused()
    {
        var encoded = KeyVectors.PrivateKey(KeyType.Ecdsa);
        encoded[^1] ^= 1;
        Assert.False(PrivateKey.TryDecode(encoded, out _, out var error));
        Assert.Contains("not its own", error);
    }

    [Fact]
    public void An_ECDSA_key_without_curve_and_public_key_is_completed()
    {
        var full = KeyVectors.PrivateKey(KeyType.Ecdsa);
        byte[] bare = [0x08, 0x03, 0x12, 0x27, 0x30, 0x25, 0x02, 0x01, 0x01, 0x04, 0x20, .. full.AsSpan(11, 32)];
        Assert.True(PrivateKey.TryDecode(bare, out var key, out var error), error);
        using (key)
            Assert.Equal(full, key.ToProtobuf());
    }

    [Fact]
    public void An_RSA_key_whose_numbers_do_not_belong_together_is_refused()
    {
        var encoded = KeyVectors.PrivateKey(KeyType.Rsa);
        for (var position = 0; position < encoded.Length; position += 97)
        {
            var damaged = (byte[])encoded.Clone();
            damaged[position] ^= 0x04;
            if (PrivateKey.TryDecode(damaged, out var key, out _))
                Assert.Fail($"A key damaged at byte {position} was read: {key}");
        }
    }

    [Theory]
    [InlineData(1024)]
    [InlineData(2047)]
    [InlineData(8200)]
    public void An_RSA_key_of_a_size_out_of_range_is_not_made(int bits) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => PrivateKey.Generate(KeyType.Rsa, bits));

    [Fact]
    public void Secp256k1_signatures_have_the_smaller_S_and_the_larger_is_accepted()
    {
        var curve = WeierstrassCurve.Secp256k1;
        using var key = PrivateKey.Generate(KeyType.Secp256k1);
        Span<byte> fixedForm = stackalloc byte[EcdsaSignatureCodec.FixedLength];
        for (var i = 0; i < 200; i++)
        {
            var message = BitConverter.GetBytes(i);
            var signature = key.Sign(message);
            Assert.True(EcdsaSignatureCodec.TryDecode(signature, fixedForm));
            var s = fixedForm[32..];
            Assert.True(curve.IsLowS(s));
            Assert.True(key.PublicKey.Verify(message, signature));

            Negate(s);
            Assert.False(curve.IsLowS(s));
            Assert.True(key.PublicKey.Verify(message, EcdsaSignatureCodec.Encode(fixedForm)));
            curve.LowerS(s);
            Assert.Equal(signature, EcdsaSignatureCodec.Encode(fixedForm));
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public async Task Many_threads_sign_and_verify_with_one_key(KeyType type)
    {
        using var key = PrivateKey.Generate(type);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 25; i++)
            {
                byte[] message = [(byte)thread, (byte)i];
                Assert.True(key.PublicKey.Verify(message, key.Sign(message)));
            }
        })));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_disposed_key_neither_signs_nor_shows_itself(KeyType type)
    {
        var key = PrivateKey.Generate(type);
        var signature = key.Sign("before"u8);
        key.Dispose();
        key.Dispose();
        Assert.Throws<ObjectDisposedException>(() => key.Sign("after"u8));
        Assert.Throws<ObjectDisposedException>(key.ToProtobuf);
        Assert.True(key.PublicKey.Verify("before"u8, signature));
    }

    [Fact]
    public void Text_about_a_key_holds_nothing_secret()
    {
        using var key = PrivateKey.Generate();
        Assert.Equal($"private key of Ed25519 {PeerId.FromPublicKey(key.PublicKey)}", key.ToString());
    }

    static void Negate(Span<byte> s)
    {
        var order = Convert.FromHexString("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
        var borrow = 0;
        for (var i = 31; i >= 0; i--)
        {
            var difference = order[i] - s[i] - borrow;
            borrow = difference < 0 ? 1 : 0;
            s[i] = (byte)difference;
        }
    }
}
