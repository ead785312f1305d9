using Libp2p.Testing;
using Libp2p.Tests.Support;

namespace Libp2p.Tests.Identities;

public class PeerIdTests
{
    const string Sha256Base58 = "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N";
    const string Sha256Cid = "bafzbeie5745rpv2m6tjyuugywy4d5ewrqgqqhfnf445he3omzpjbx5xqxe";
    const string Ed25519Base58 = "12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA";

    [Fact]
    public void The_specifications_two_forms_name_one_peer()
    {
        var fromBase58 = PeerId.Parse(Sha256Base58);
        var fromCid = PeerId.Parse(Sha256Cid);
        Assert.Equal(fromBase58, fromCid);
        Assert.Equal(fromBase58.GetHashCode(), fromCid.GetHashCode());
        Assert.Equal(Sha256Base58, fromCid.ToString());
        Assert.Equal(Sha256Cid, fromBase58.ToCid().ToString());
        Assert.Equal(Sha256Cid, $"{fromBase58:C}");
        Assert.False(fromBase58.ContainsPublicKey);
        Assert.False(fromBase58.TryGetPublicKey(out _));
    }

    [Theory]
    [InlineData(Sha256Base58)]
    [InlineData(Ed25519Base58)]
    public void Every_multibase_is_read(string text)
    {
        var peer = PeerId.Parse(text);
        var cid = peer.ToCid();
        foreach (var encoding in Enum.GetValues<Multibase.Encoding>().Where(encoding => encoding != Multibase.Encoding.None))
            Assert.Equal(peer, PeerId.Parse(cid.ToString(encoding)));
        Assert.StartsWith("k", cid.ToString(Multibase.Encoding.Base36), StringComparison.Ordinal);
    }

    [Fact]
    public void An_Ed25519_peer_id_contains_its_key()
    {
        var peer = PeerId.Parse(Ed25519Base58);
        Assert.True(peer.TryGetPublicKey(out var key));
        Assert.Equal(KeyType.Ed25519, key.Type);
        Assert.True(peer.Matches(key));
        Assert.Equal(peer, PeerId.FromPublicKey(key));
    }

    [Theory]
    [MemberData(nameof(KeyVectors.All), MemberType = typeof(KeyVectors))]
    public void Short_keys_are_contained_and_long_ones_hashed(KeyType type, byte[] privateKey, byte[] publicKey)
    {
        Assert.NotEmpty(privateKey);
        Assert.True(PublicKey.TryDecode(publicKey, out var key, out var error), error);
        var peer = PeerId.FromPublicKey(key);
        var contained = type is KeyType.Ed25519 or KeyType.Secp256k1;
        Assert.Equal(contained, peer.ContainsPublicKey);
        Assert.Equal(contained, peer.TryGetPublicKey(out var found));
        if (contained)
            Assert.Equal(key, found);
        Assert.StartsWith(type switch { KeyType.Ed25519 => "12D3KooW", KeyType.Secp256k1 => "16Uiu2HA", _ => "Qm" }, peer.ToString(), StringComparison.Ordinal);
        Assert.True(peer.Matches(key));
        using var stranger = PrivateKey.Generate();
        Assert.False(peer.Matches(stranger.PublicKey));
        Assert.Equal(peer, PeerId.Parse(peer.ToString()));
        Assert.Equal(peer, PeerId.Parse(peer.ToCid().ToString()));
        Assert.True(PeerId.TryDecode(peer.Span, out var decoded));
        Assert.Equal(peer, decoded);
        Assert.Equal(peer.Bytes.ToArray(), decoded.Bytes.ToArray());
    }

    [Fact]
    public void A_key_of_42_bytes_is_the_longest_contained()
    {
        Assert.True(PeerId.TryDecode([0, 42, .. new byte[42]], out var longest));
        Assert.Equal(PeerId.MaxLength, longest.Span.Length);
        Assert.False(longest.TryGetPublicKey(out _));
        Assert.False(PeerId.TryDecode([0, 43, .. new byte[43]], out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("0000")]
    [InlineData("12")]
    [InlineData("1220")]
    [InlineData("00020801ff")]
    [InlineData("000308")]
    [InlineData("1100")]
    [InlineData("121f00000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("13200000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("122000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("1220000000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("92002000000000000000000000000000000000000000000000000000000000000000")]
    public void What_is_no_hash_of_a_key_is_refused(string hex) => Assert.False(PeerId.TryDecode(Convert.FromHexString(hex), out _));

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("Qm")]
    [InlineData("peer")]
    [InlineData("QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5")]
    [InlineData("QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5NN")]
    [InlineData("QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5l")]
    [InlineData("QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N ")]
    [InlineData("zQmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N")]
    [InlineData("bafybeie5745rpv2m6tjyuugywy4d5ewrqgqqhfnf445he3omzpjbx5xqxe")]
    [InlineData("bafzbeie5745rpv2m6tjyuugywy4d5ewrqgqqhfnf445he3omzpjbx5xqx")]
    public void Text_that_is_no_peer_id_is_refused_with_a_reason(string text)
    {
        Assert.False(PeerId.TryParse(text, out var peer, out var error));
        Assert.Null(peer);
        Assert.DoesNotContain('\n', error);
        Assert.False(PeerId.TryParse(text, null, out _));
        Assert.Equal(error, Assert.Throws<FormatException>(() => PeerId.Parse(text)).Message);
    }

    [Fact]
    public void Text_beyond_the_limit_is_not_looked_at()
    {
        Assert.False(PeerId.TryParse(new string('1', PeerId.MaxTextLength + 1), out _, out var error));
        Assert.Contains("too long", error);
        Assert.False(PeerId.TryParse(new string('1', PeerId.MaxTextLength), out _, out _));
        Assert.False(PeerId.TryParse((string?)null, null, out _));
        Assert.Throws<ArgumentNullException>(() => PeerId.Parse(null!, null));
    }

    [Fact]
    public void Peers_order_by_their_bytes()
    {
        var (low, high) = (PeerId.Parse(Ed25519Base58), PeerId.Parse(Sha256Base58));
        Assert.True(low < high && low <= high && high > low && high >= low && low != high);
        Assert.Equal(0, low.CompareTo(PeerId.Parse(Ed25519Base58)));
        Assert.True(low.CompareTo(null) > 0);
        Assert.True(null < low);
        Assert.True((PeerId?)null == null);
        Assert.False(low.Equals((object?)Ed25519Base58));
    }

    [Fact]
    public void Formats_fill_a_span_or_say_that_they_do_not_fit()
    {
        var peer = PeerId.Parse(Ed25519Base58);
        Assert.Equal("weQAJU5SA"[^8..], peer.ToShortString());
        Assert.Equal(peer.ToShortString(), $"{peer:S}");
        Span<char> room = stackalloc char[60];
        Assert.True(peer.TryFormat(room, out var written, "", null));
        Assert.Equal(Ed25519Base58, room[..written]);
        Assert.False(peer.TryFormat(room[..10], out written, "G", null));
        Assert.Equal(0, written);
        Assert.Throws<FormatException>(() => peer.ToString("x", null));
    }

    [Fact]
    public void Random_bytes_and_text_never_throw()
    {
        var random = TestRandom.Create();
        var valid = PeerId.Parse(Sha256Base58).Bytes.ToArray();
        var texts = new[] { Sha256Base58, Sha256Cid, Ed25519Base58 };
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = Hostile.Mutate(random, valid);
            if (PeerId.TryDecode(bytes, out var peer))
            {
                Assert.Equal(bytes, peer.Bytes.ToArray());
                Assert.Equal(peer, PeerId.Parse(peer.ToString()));
                Assert.NotEmpty(peer.ToShortString());
                peer.TryGetPublicKey(out _);
            }
            var text = Hostile.Mutate(random, System.Text.Encoding.ASCII.GetBytes(texts[random.Next(3)]));
            if (PeerId.TryParse(System.Text.Encoding.Latin1.GetString(text), out peer))
                Assert.Equal(peer, PeerId.Parse(peer.ToString()));
        }
    }
}
