using Libp2p.Testing;
using System.Numerics;
using System.Security.Cryptography;
using Libp2p.Tests.Support;

namespace Libp2p.Tests.Crypto;

/// <summary>Two implementations that disagree on one signature split a network, so they are held against each other.</summary>
public sealed class CurveProvidersTests
{
    private const string Neutral = "0100000000000000000000000000000000000000000000000000000000000000";

    private static readonly BigInteger Order = (BigInteger.One << 252) + BigInteger.Parse("27742317777372353535851937790883648493");

    /// <summary>Encodings of the eight points of small order, with those that a lenient decoder takes for them.</summary>
    private static readonly string[] SmallOrder =
    [
        Neutral,
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    ];

    public static TheoryData<string> Ours => [.. VerifyingProvider.All.Select(provider => provider.Name)];

    [Theory]
    [MemberData(nameof(Ours))]
    public void Both_make_the_same_keys_signatures_and_secrets(string name)
    {
        CurveProvider native = OpenSsl.Curves(), managed = Named(name);
        var random = TestRandom.Create();
        byte[] key1 = new byte[32], key2 = new byte[32], signature1 = new byte[64], signature2 = new byte[64];
        for (var i = 0; i < 200; i++)
        {
            var (seed, message) = (random.Bytes(32), random.Bytes(random.Next(200)));
            native.Ed25519PublicKey(seed, key1);
            managed.Ed25519PublicKey(seed, key2);
            Assert.Equal(key1, key2);
            native.Ed25519Sign(seed, key1, message, signature1);
            managed.Ed25519Sign(seed, key1, message, signature2);
            Assert.Equal(signature1, signature2);
            Assert.True(managed.Ed25519Verify(key1, message, signature1));
            Assert.True(native.Ed25519Verify(key1, message, signature2));
            signature1[random.Next(64)] ^= (byte)(1 << random.Next(8));
            Assert.False(managed.Ed25519Verify(key1, message, signature1));
            Assert.False(native.Ed25519Verify(key1, message, signature1));

            native.X25519PublicKey(seed, key1);
            managed.X25519PublicKey(seed, key2);
            Assert.Equal(key1, key2);
            var peer = random.Bytes(32);
            Assert.Equal(native.X25519Agree(seed, peer, key1), managed.X25519Agree(seed, peer, key2));
            Assert.Equal(key1, key2);
        }
    }

    /// <summary>Signatures by every kind of key, whole and damaged in every part.</summary>
    [Theory]
    [MemberData(nameof(Ours))]
    public void Both_judge_random_signatures_alike(string name)
    {
        CurveProvider native = OpenSsl.Curves(), managed = Named(name);
        var random = TestRandom.Create();
        byte[] signature = new byte[64], key = new byte[32];
        Assert.True(EdwardsPoint.TryDecode(Convert.FromHexString(SmallOrder[6]), out var torsion));
        var (accepted, refused) = (0, 0);
        for (var i = 0; i < 400; i++)
        {
            var (seed, message) = (random.Bytes(32), random.Bytes(random.Next(300)));
            native.Ed25519PublicKey(seed, key);
            if (i % 4 == 1)
            {
                Assert.True(EdwardsPoint.TryDecode(key, out var point));
                (point + torsion.Double(random.Next(3)).Prepare()).Encode(key);
            }
            ManagedCurveProviders.Current.Ed25519Sign(seed, key, message, signature);
            if (i % 4 == 2)
                signature[random.Next(64)] ^= (byte)(1 << random.Next(8));
            if (i % 4 == 3)
                key[random.Next(32)] ^= (byte)(1 << random.Next(8));
            var expected = native.Ed25519Verify(key, message, signature);
            Assert.True(
                expected == managed.Ed25519Verify(key, message, signature),
                $"{Convert.ToHexString(key)} {Convert.ToHexString(message)} {Convert.ToHexString(signature)}");
            accepted += expected ? 1 : 0;
            refused += expected ? 0 : 1;
        }
        Assert.NotEqual(0, accepted);
        Assert.NotEqual(0, refused);
    }

    [Theory]
    [MemberData(nameof(Ours))]
    public void Both_judge_every_pair_of_points_of_small_order_alike(string name)
    {
        CurveProvider native = OpenSsl.Curves(), managed = Named(name);
        var (accepted, refused) = (0, 0);
        foreach (var key in SmallOrder.Select(Convert.FromHexString))
        {
            foreach (var commitment in SmallOrder.Select(Convert.FromHexString))
            {
                for (byte message = 0; message < 16; message++)
                {
                    byte[] signature = [.. commitment, .. new byte[32]];
                    var expected = native.Ed25519Verify(key, [message], signature);
                    Assert.True(
                        expected == managed.Ed25519Verify(key, [message], signature),
                        $"{Convert.ToHexString(key)} {Convert.ToHexString(signature)} {message}");
                    accepted += expected ? 1 : 0;
                    refused += expected ? 0 : 1;
                }
            }
        }
        Assert.NotEqual(0, accepted);
        Assert.NotEqual(0, refused);
    }

    [Theory]
    [MemberData(nameof(Ours))]
    public void Both_judge_every_encoding_at_and_above_p_alike(string name)
    {
        CurveProvider native = OpenSsl.Curves(), managed = Named(name);
        byte[] signature = [.. Convert.FromHexString(Neutral), .. new byte[32]];
        for (var low = 0xed - 19; low <= 0xff; low++)
        {
            foreach (byte high in new byte[] { 0x7f, 0xff })
            {
                byte[] key = [(byte)low, .. Enumerable.Repeat((byte)0xff, 30), high];
                for (byte message = 0; message < 16; message++)
                    Assert.True(native.Ed25519Verify(key, [message], signature) == managed.Ed25519Verify(key, [message], signature), Convert.ToHexString(key));
            }
        }
    }

    /// <summary>
    /// A key with a part of small order tells verifiers with and without the cofactor apart: without it, the challenge,
    /// reduced modulo L first, must be a multiple of eight.
    /// </summary>
    [Theory]
    [MemberData(nameof(Ours))]
    public void Both_verify_without_the_cofactor(string name)
    {
        CurveProvider native = OpenSsl.Curves(), managed = Named(name);
        var seed = Convert.FromHexString(Rfc8032Vectors.All[0].Seed);
        var honest = Convert.FromHexString(Rfc8032Vectors.All[0].PublicKey);
        Assert.True(EdwardsPoint.TryDecode(honest, out var point));
        Assert.True(EdwardsPoint.TryDecode(Convert.FromHexString(SmallOrder[6]), out var torsion));
        var mixed = new byte[32];
        (point + torsion.Prepare()).Encode(mixed);
        var (accepted, refused) = (0, 0);
        for (byte message = 0; message < 100; message++)
        {
            // Signing under the mixed key hashes it into the challenge; what the signature then lacks is k times the torsion.
            var signature = new byte[64];
            managed.Ed25519Sign(seed, mixed, [message], signature);
            byte[] hashed = [.. signature.AsSpan(0, 32), .. mixed, message];
            var challenge = new BigInteger(SHA512.HashData(hashed), isUnsigned: true) % Order;
            var expected = challenge % 8 == 0;
            Assert.Equal(expected, managed.Ed25519Verify(mixed, [message], signature));
            Assert.Equal(expected, native.Ed25519Verify(mixed, [message], signature));
            accepted += expected ? 1 : 0;
            refused += expected ? 0 : 1;
        }
        Assert.NotEqual(0, accepted);
        Assert.NotEqual(0, refused);
    }

    private static CurveProvider Named(string name) => VerifyingProvider.All.Single(provider => provider.Name == name);

    [Fact]
    public void The_one_in_use_is_OpenSSL_where_it_works_and_is_not_declined() =>
        Assert.Same(
            CurveProviders.ManagedForced ? ManagedCurveProviders.Current : CurveProviders.OpenSslOrNull ?? ManagedCurveProviders.Current,
            CurveProviders.Current);

    [Theory]
    [InlineData(null, null, false)]
    [InlineData(null, "", false)]
    [InlineData(null, "0", false)]
    [InlineData(null, "1", true)]
    [InlineData(null, "True", true)]
    [InlineData(true, null, true)]
    [InlineData(true, "0", true)]
    [InlineData(false, "1", false)]
    public void The_switch_is_read_before_the_environment(bool? appContextSwitch, string? variable, bool forced) =>
        Assert.Equal(forced, CurveProviders.IsManagedForced(appContextSwitch, variable));
}
