using Libp2p.Testing;
using System.Text;
using Libp2p.Tests.Support;

namespace Libp2p.Tests.Multiformats;

public class MultibaseTests
{
    /// <summary>Rows of the multibase table that are not offered: reserved ones, and encodings that nothing in libp2p uses.</summary>
    static readonly string[] NotOffered = ["none", "base45", "proquint", "base256emoji"];

    [Fact]
    public void Every_encoding_of_the_table_is_known_by_its_prefix()
    {
        var rows = Vectors.Rows("multiformats/multibase.csv").Where(row => !NotOffered.Contains(row[2])).ToArray();
        Assert.Equal(22, rows.Length);
        Assert.Equal(rows.Length, Enum.GetValues<Multibase.Encoding>().Length - 1);
        foreach (var row in rows)
        {
            var encoding = Named(row[2]);
            Assert.Equal(row[1], ((char)encoding).ToString());
            Assert.Equal(row[0], $"U+{(int)encoding:X4}", ignoreCase: true);
        }
    }

    [Theory]
    [InlineData("basic", "yes mani !")]
    [InlineData("leading_zero", "\0yes mani !")]
    [InlineData("two_leading_zeros", "\0\0yes mani !")]
    public void Vectors_encode_and_decode(string file, string plain)
    {
        var bytes = Encoding.UTF8.GetBytes(plain);
        var rows = Vectors.Rows($"multiformats/multibase_{file}.csv").Where(row => !NotOffered.Contains(row[0])).ToArray();
        Assert.Equal(22, rows.Length);
        foreach (var row in rows)
        {
            Assert.Equal(row[1], Multibase.Encode(Named(row[0]), bytes));
            Assert.True(Multibase.TryDecode(row[1], out var decoded, out var encoding), row[0]);
            Assert.Equal(bytes, decoded);
            Assert.Equal(Named(row[0]), encoding);
        }
    }

    [Fact]
    public void Case_does_not_matter_where_the_encoding_has_none()
    {
        var rows = Vectors.Rows("multiformats/multibase_case_insensitivity.csv").ToArray();
        Assert.Equal(12, rows.Length);
        foreach (var row in rows)
        {
            Assert.True(Multibase.TryDecode(row[1], out var decoded, out var encoding), row[0]);
            Assert.Equal("hello world", Encoding.UTF8.GetString(decoded));
            Assert.Equal(Named(row[0]), encoding);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("1abc")]
    [InlineData("Qabc")]
    [InlineData("/abc")]
    [InlineData("fabc")]
    [InlineData("fag")]
    [InlineData("f 00")]
    [InlineData("fa\u0660")]
    [InlineData("0111100")]
    [InlineData("ba")]
    [InlineData("bab=")]
    [InlineData("bb")]
    [InlineData("bpfsxgidnmfxgsibc1")]
    [InlineData("hYBND")]
    [InlineData("cab4wk4zanvqw42jaee")]
    [InlineData("cab4wk4zanvqw42jaee=====")]
    [InlineData("c========")]
    [InlineData("mA")]
    [InlineData("mAB")]
    [InlineData("mAA==")]
    [InlineData("MAA=")]
    [InlineData("MAA=A")]
    [InlineData("mA-_A")]
    [InlineData("uA+/A")]
    [InlineData("z0OIl")]
    [InlineData("k-1")]
    [InlineData("9a")]
    public void What_is_not_of_the_encoding_is_refused(string text)
    {
        Assert.False(Multibase.TryDecode(text, out var bytes, out _));
        Assert.Null(bytes);
    }

    [Fact]
    public void Positional_encodings_are_bounded()
    {
        foreach (var encoding in new[] { Multibase.Encoding.Base10, Multibase.Encoding.Base36, Multibase.Encoding.Base58Btc })
        {
            var most = Enumerable.Repeat((byte)0xff, Multibase.MaxPositionalBytes).ToArray();
            var text = Multibase.Encode(encoding, most);
            Assert.InRange(text.Length, 1, Multibase.MaxPositionalText);
            Assert.True(Multibase.TryDecode(text, out var decoded, out _));
            Assert.Equal(most, decoded);
            Assert.Throws<ArgumentException>(() => Multibase.Encode(encoding, [.. most, 0]));
            Assert.False(Multibase.TryDecode((char)encoding + new string('9', Multibase.MaxPositionalText + 1), out _, out _));
            Assert.False(Multibase.TryDecode(Multibase.Encode(encoding, [1, .. most[1..]]) + "99999", out _, out _));
        }
    }

    [Fact]
    public void Random_bytes_come_back_from_every_encoding()
    {
        var random = TestRandom.Create();
        foreach (var encoding in Enum.GetValues<Multibase.Encoding>().Where(encoding => encoding != Multibase.Encoding.None))
        {
            for (var length = 0; length < 200; length++)
            {
                var bytes = random.Bytes(length);
                bytes.AsSpan(0, Math.Min(length, random.Next(4))).Clear();
                var text = Multibase.Encode(encoding, bytes);
                Assert.True(Multibase.TryDecode(text, out var decoded, out var named), text);
                Assert.Equal(bytes, decoded);
                Assert.Equal(encoding, named);
            }
        }
    }

    [Fact]
    public void What_decodes_has_one_text_but_for_case()
    {
        var random = TestRandom.Create();
        const string Characters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+/-_= ";
        var decodedCount = 0;
        for (var round = 0; round < 50_000; round++)
        {
            var text = new string(random.GetItems<char>(Characters, random.Next(12)));
            if (!Multibase.TryDecode(text, out var bytes, out var encoding))
                continue;
            decodedCount++;
            Assert.Equal(text, Multibase.Encode(encoding, bytes), ignoreCase: true);
        }

        Assert.InRange(decodedCount, 1000, 50_000);
    }

    [Fact]
    public void An_unknown_encoding_is_refused_on_writing() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Multibase.Encode(Multibase.Encoding.None, [1]));

    static Multibase.Encoding Named(string name) => Enum.Parse<Multibase.Encoding>(name, ignoreCase: true);
}
