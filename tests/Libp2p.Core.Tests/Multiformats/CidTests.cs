using Libp2p.Testing;
using Libp2p.Tests.Support;

namespace Libp2p.Tests.Multiformats;

public class CidTests
{
    const string Version0 = "QmbWqxBEKC3P8tqsKc98xmWNzrzDtRLMiMPL8wBuTGsMnR";
    const string Version1 = "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi";

    [Fact]
    public void Version_0_is_a_bare_multihash()
    {
        var cid = Cid.Parse(Version0);
        Assert.Equal(0, cid.Version);
        Assert.Equal(CidCodec.DagPb, cid.Codec);
        Assert.Equal(MultihashCode.Sha2_256, cid.Hash.Code);
        Assert.Equal(cid.Hash.Bytes.ToArray(), cid.Bytes.ToArray());
        Assert.Equal(Version0, cid.ToString());
        Assert.Equal(Version0, $"{cid}");
        Assert.Equal(cid, Cid.CreateV0(cid.Hash));
        Assert.Throws<FormatException>(() => cid.ToString(Multibase.Encoding.Base32));
        Assert.Throws<ArgumentException>(() => Cid.CreateV0(Multihash.Create(MultihashCode.Sha2_512, [])));
    }

    [Fact]
    public void Version_1_is_written_in_base32_unless_asked_otherwise()
    {
        var cid = Cid.Parse(Version1);
        Assert.Equal(1, cid.Version);
        Assert.Equal(CidCodec.DagPb, cid.Codec);
        Assert.Equal(Version1, cid.ToString());
        Assert.Equal(cid, Cid.CreateV1(CidCodec.DagPb, cid.Hash));
        foreach (var encoding in Enum.GetValues<Multibase.Encoding>().Where(encoding => encoding != Multibase.Encoding.None))
            Assert.Equal(cid, Cid.Parse(cid.ToString(encoding)));
        Assert.Equal(cid.ToString(Multibase.Encoding.Base36), $"{cid:k}");
        Assert.Throws<FormatException>(() => $"{cid:kk}");
        Assert.Throws<FormatException>(() => $"{cid:?}");
    }

    [Fact]
    public void The_example_of_the_specification_reads()
    {
        // multiformats/cid: cidv1 - raw - sha2-256 of 6e6ff7...
        var cid = Cid.Parse("zb2rhe5P4gXftAwvA4eXQ5HJwsER2owDyS9sKaQRRVQPn93bA");
        Assert.Equal(CidCodec.Raw, cid.Codec);
        Assert.Equal("6e6ff7950a36187a801613426e858dce686cd7d7e3c0fc42ee0330072d245c95", Convert.ToHexStringLower(cid.Hash.Digest.Span));
    }

    [Theory]
    [InlineData("")]
    [InlineData("b")]
    [InlineData("Qm")]
    [InlineData("QmbWqxBEKC3P8tqsKc98xmWNzrzDtRLMiMPL8wBuTGsMn0")]
    [InlineData("zQmbWqxBEKC3P8tqsKc98xmWNzrzDtRLMiMPL8wBuTGsMnR")]
    [InlineData("bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdia")]
    [InlineData("bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbz")]
    [InlineData("f00551203010203")]
    [InlineData("f02551203010203")]
    [InlineData("f0155120401")]
    public void Other_text_is_refused(string text)
    {
        Assert.False(Cid.TryParse(text, out var cid));
        Assert.Null(cid);
        Assert.Contains("is not a CID", Assert.Throws<FormatException>(() => Cid.Parse(text)).Message);
    }

    [Fact]
    public void A_version_0_in_a_multibase_is_refused() =>
        Assert.False(Cid.TryParse(Multibase.Encode(Multibase.Encoding.Base32, Cid.Parse(Version0).Bytes.Span), out _));

    [Fact]
    public void Long_text_is_refused_unread() => Assert.False(Cid.TryParse("f01" + new string('0', 1_000_000), out _));

    [Fact]
    public void The_longest_cid_fits_the_bound_in_base2()
    {
        var cid = Cid.CreateV1((CidCodec)Varint.MaxValue, Multihash.FromDigest((MultihashCode)Varint.MaxValue, new byte[Multihash.MaxDigestLength]));
        var text = cid.ToString(Multibase.Encoding.Base2);
        Assert.InRange(text.Length, 1, Cid.MaxText);
        Assert.Equal(cid, Cid.Parse(text));
    }

    [Fact]
    public void Random_bytes_never_throw_and_what_decodes_encodes_alike()
    {
        var random = TestRandom.Create();
        var decoded = 0;
        for (var round = 0; round < 50_000; round++)
        {
            var bytes = random.Bytes(random.Next(40));
            if (bytes.Length > 4 && random.Next(2) == 0)
                (bytes[0], bytes[1], bytes[2], bytes[3]) = (1, 0x55, (byte)random.Next(3), (byte)(bytes.Length - 4));
            if (!Cid.TryDecode(bytes, out var cid))
                continue;
            decoded++;
            Assert.Equal(bytes, cid.Bytes.ToArray());
            Assert.Equal(cid, Cid.Parse(cid.ToString()));
        }

        Assert.InRange(decoded, 1000, 50_000);
    }

    [Fact]
    public void Formatting_into_too_short_a_span_says_so()
    {
        var cid = Cid.Parse(Version1);
        Assert.False(cid.TryFormat(new char[10], out var written, "", null));
        Assert.Equal(0, written);
        Assert.True(cid.TryFormat(new char[100], out written, "", null));
        Assert.Equal(Version1.Length, written);
    }

    [Fact]
    public void Equality_is_of_the_bytes()
    {
        var one = Cid.Parse(Version0);
        Assert.True(one == Cid.Parse(Version0));
        Assert.Equal(one.GetHashCode(), Cid.Parse(Version0).GetHashCode());
        Assert.True(one != Cid.CreateV1(CidCodec.DagPb, one.Hash));
        Assert.False(one.Equals(null));
    }
}
