using System.Text;
using Libp2p.Tests.Support;

namespace Libp2p.Tests.Multiformats;

public class MultihashTests
{
    static readonly Dictionary<string, MultihashCode> Named = new()
    {
        ["sha1"] = MultihashCode.Sha1,
        ["sha2-256"] = MultihashCode.Sha2_256,
        ["sha2-512"] = MultihashCode.Sha2_512,
        ["sha3"] = MultihashCode.Sha3_512,
    };

    [Fact]
    public void Vectors_decode_and_what_is_computed_here_computes()
    {
        var computed = 0;
        foreach (var row in Vectors.Rows("multiformats/multihash_cases.csv"))
        {
            var (code, bits, input, bytes) = (Named[row[0]], int.Parse(row[1]), Encoding.ASCII.GetBytes(row[2]), Convert.FromHexString(row[3]));
            Assert.True(Multihash.TryDecode(bytes, out var multihash), row[3]);
            Assert.Equal(code, multihash.Code);
            Assert.Equal(bits / 8, multihash.Digest.Length);
            Assert.Equal(bytes, multihash.Bytes.ToArray());
            Assert.Equal(multihash, Multihash.FromDigest(code, multihash.Digest.Span));
            if (code == MultihashCode.Sha3_512)
                continue;
            computed++;
            var whole = Multihash.Create(code, input);
            Assert.Equal(multihash.Digest.ToArray(), whole.Digest[..(bits / 8)].ToArray());
        }

        Assert.Equal(180, computed);
    }

    [Fact]
    public void Identity_keeps_the_data()
    {
        var multihash = Multihash.Create(MultihashCode.Identity, [1, 2, 3]);
        Assert.Equal("0003010203", Convert.ToHexStringLower(multihash.Bytes.Span));
        Assert.Equal(new byte[] { 1, 2, 3 }, multihash.Digest.ToArray());
        Assert.Throws<ArgumentException>(() => Multihash.Create(MultihashCode.Identity, new byte[Multihash.MaxDigestLength + 1]));
    }

    [Fact]
    public void A_code_without_a_name_is_kept()
    {
        Assert.True(Multihash.TryDecode(Convert.FromHexString("81640401020304"), out var multihash));
        Assert.Equal((MultihashCode)0x3201, multihash.Code);
        Assert.Equal("81640401020304", Convert.ToHexStringLower(multihash.Bytes.Span));
        Assert.Throws<NotSupportedException>(() => Multihash.Create((MultihashCode)0x3201, []));
    }

    [Theory]
    [InlineData("")]
    [InlineData("12")]
    [InlineData("1220")]
    [InlineData("1202ff")]
    [InlineData("1201ffff")]
    [InlineData("920020")]
    [InlineData("12810001")]
    [InlineData("12ffffffffffffffff7f00")]
    [InlineData("ffffffffffffffffff0100")]
    [InlineData("1221000000000000000000000000000000000000000000000000000000000000000000")]
    public void Bad_bytes_are_refused(string hex)
    {
        Assert.False(Multihash.TryDecode(Convert.FromHexString(hex), out var multihash));
        Assert.Null(multihash);
    }

    [Fact]
    public void A_digest_is_bounded_whatever_its_function()
    {
        byte[] most = [0x00, 0x80, 0x01, .. new byte[128]];
        Assert.True(Multihash.TryDecode(most, out _));
        Assert.False(Multihash.TryDecode([0x00, 0x81, 0x01, .. new byte[129]], out _));
        Assert.False(Multihash.TryDecode([0x81, 0x64, 0x81, 0x01, .. new byte[129]], out _));
        Assert.Throws<ArgumentException>(() => Multihash.FromDigest(MultihashCode.Sha2_256, new byte[33]));
    }

    [Fact]
    public void Bytes_behind_a_multihash_are_left()
    {
        Assert.True(Multihash.TryRead([0x00, 0x01, 0x07, 0xff, 0xff], out var multihash, out var length));
        Assert.Equal(3, length);
        Assert.Equal(3, multihash.Bytes.Length);
    }

    [Fact]
    public void Equality_is_of_the_bytes()
    {
        var one = Multihash.Sha256([1]);
        Assert.True(one == Multihash.Sha256([1]));
        Assert.Equal(one.GetHashCode(), Multihash.Sha256([1]).GetHashCode());
        Assert.True(one != Multihash.Sha256([2]));
        Assert.False(one == null);
        Assert.StartsWith("Qm", one.ToString());
    }
}
