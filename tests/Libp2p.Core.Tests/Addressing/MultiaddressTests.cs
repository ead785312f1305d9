using Libp2p.Testing;
using Libp2p.Tests.Support;

namespace Libp2p.Tests.Addressing;

public class MultiaddressTests
{
    const string Qm = "QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC";
    const string Ed = "12D3KooWCryG7Mon9orvQxcS1rYZjotPgpwoJNHHKcLLfE4Hf5mV";

    [Theory]
    [InlineData("/ip4/127.0.0.1/tcp/1234", "047f0000010604d2")]
    [InlineData("/ip4/127.0.0.1/udp/1234", "047f000001910204d2")]
    [InlineData("/ip4/127.0.0.1/udp/1234/ip4/127.0.0.1/tcp/4321", "047f000001910204d2047f0000010610e1")]
    [InlineData("/ip6/::1/tcp/80", "29000000000000000000000000000000010600" + "50")]
    [InlineData("/ip6zone/eth0/ip6/fe80::1", "2a0465746830" + "29fe800000000000000000000000000001")]
    [InlineData("/ip4/192.0.2.0/ipcidr/24", "04c00002002b18")]
    [InlineData("/dns/example.com", "350b6578616d706c652e636f6d")]
    [InlineData("/dns4/a/tcp/443/tls/sni/b/ws", "3601610601bbc003c1030162dd03")]
    [InlineData("/onion/aaimaq4ygg2iegci:80", "bc030010c0439831b48218480050")]
    [InlineData("/onion3/vww6ybal4bd7szmgncyruucpgfkqahzddi37ktceo3ah7ngmcopnpyyd:1234", "bd03adadec040be047f9658668b11a504f3155001f231a37f54c4476c07fb4cc139ed7e30304d2")]
    [InlineData("/garlic32/566niximlxdzpanmn4qouucvua3k7neniwss47li5r6ugoertzuq", "bf0320efbcd45d0c5dc79781ac6f20ea5055a036afb48d45a52e7d68ec7d4338919e69")]
    [InlineData("/unix/stdio", "9003062f737464696f")]
    [InlineData("/ip4/1.2.3.4/tcp/80/unix/a/b", "0401020304060050" + "9003042f612f62")]
    [InlineData("/memory/4", "89060000000000000004")]
    [InlineData("/memory/18446744073709551615", "8906ffffffffffffffff")]
    [InlineData("/http-path/tmp%2Fbar", "e103077" + "46d702f626172")]
    [InlineData("/http-path/%00%20%2B%C3%A4~-._", "e103090020" + "2bc3a47e2d2e5f")]
    [InlineData("/udp/1/quic-v1/webtransport/certhash/uAAEB", "91020001cd03d103d20303000101")]
    [InlineData("/p2p-circuit", "a202")]
    public void Text_and_bytes_are_each_other(string text, string hex)
    {
        var bytes = Convert.FromHexString(hex);
        Assert.True(Multiaddress.TryParse(text, out var parsed, out var error), error);
        Assert.Equal(hex, Convert.ToHexStringLower(parsed.Bytes.Span));
        Assert.True(Multiaddress.TryDecode(bytes, out var decoded, out error), error);
        Assert.Equal(text, decoded.ToString());
        Assert.True(parsed == decoded);
        Assert.Equal(parsed.GetHashCode(), decoded.GetHashCode());
    }

    [Theory]
    [InlineData("/ip4/127.0.0.1/tcp/1234///", "/ip4/127.0.0.1/tcp/1234")]
    [InlineData("/unix/a/b/", "/unix/a/b")]
    [InlineData("/tcp/00080", "/tcp/80")]
    [InlineData("/ip6/2001:DB8:0:0:0:0:0:1", "/ip6/2001:db8::1")]
    [InlineData("/ip6/0:0:0:0:0:0:102:304", "/ip6/::1.2.3.4")]
    [InlineData("/ip6/2001:db8:0:1:1:1:1:1", "/ip6/2001:db8:0:1:1:1:1:1")]
    [InlineData("/ip6/::ffff:102:304", "/ip6/::ffff:1.2.3.4")]
    [InlineData("/ipfs/" + Qm, "/p2p/" + Qm)]
    [InlineData("/p2p/k2k4r8oqamigqdo6o7hsbfwd45y70oyynp98usk7zmyfrzpqxh1pohl7", "/p2p/" + Qm)]
    [InlineData("/p2p/bafzbeigvf25ytwc3akrijfecaotc74udrhcxzh2cx3we5qqnw5vgrei4bm", "/p2p/" + Qm)]
    [InlineData("/p2p/k51qzi5uqu5dhb6l8spkdx7yxafegfkee5by8h7lmjh2ehc2sgg34z7c15vzqs", "/p2p/" + Ed)]
    [InlineData("/p2p/bafzaajaiaejcalj543iwv2d7pkjt7ykvefrkfu7qjfi6sduakhso4lay6abn2d5u", "/p2p/" + Ed)]
    [InlineData("/certhash/b2uaraocy6yrdblb4sfptaddgimjmmpy", "/certhash/u1QEQOFj2IjCsPJFfMAxmQxLGPw")]
    [InlineData("/certhash/f000101", "/certhash/uAAEB")]
    [InlineData("/onion/AAIMAQ4YGG2IEGCI:80", "/onion/aaimaq4ygg2iegci:80")]
    [InlineData("/http-path/a+ä%2f", "/http-path/a%2B%C3%A4%2F")]
    public void Other_spellings_come_out_in_the_usual_one(string text, string usual)
    {
        Assert.True(Multiaddress.TryParse(text, out var address, out var error), error);
        Assert.Equal(usual, address.ToString());
        Assert.Equal(address, Multiaddress.Parse(address.ToString()));
    }

    [Theory]
    [InlineData("/ip4/127.0.0.1/tcp/1/ipfs/" + Qm + "/tcp/1234/unix/stdio")]
    [InlineData("/ip4/127.0.0.1/tcp/1/tls/http/p2p-webrtc-direct")]
    [InlineData("/udp/1234/udt/sctp/1/dccp/2/utp/quic/noise")]
    [InlineData("/ip4/1.2.3.4/udp/1/webrtc-direct/certhash/u1QEQOFj2IjCsPJFfMAxmQxLGPw/p2p/" + Ed + "/p2p-circuit/webrtc/p2p/" + Qm)]
    [InlineData("/dnsaddr/bootstrap.libp2p.io/p2p/" + Qm)]
    [InlineData("/ip4/1.2.3.4/tcp/443/tls/sni/example.com/http/http-path/foo")]
    [InlineData("/ip4/1.2.3.4/tcp/1/wss/p2p-websocket-star/p2p-stardust/p2p-webrtc-star/https")]
    public void Long_addresses_read(string text) =>
        Assert.Equal(text.Replace("/ipfs/", "/p2p/"), Multiaddress.Parse(text).ToString());

    [Theory]
    [InlineData("", "does not begin with a slash")]
    [InlineData("ip4/1.2.3.4", "does not begin with a slash")]
    [InlineData("/", "has no part")]
    [InlineData("///", "has no part")]
    [InlineData("/ip4", "nothing follows 'ip4'")]
    [InlineData("/ip4/", "nothing follows 'ip4'")]
    [InlineData("/foo/1", "'foo' is not a protocol")]
    [InlineData("/ip4/1.2.3.4//tcp/1", "'' is not a protocol")]
    [InlineData("//ip4/1.2.3.4", "'' is not a protocol")]
    [InlineData("/ip4//tcp/1", "the value of ip4 is empty")]
    [InlineData("/ip4/300.1.1.1", "'/ip4/300.1.1.1': '300.1.1.1' is not an IPv4 address")]
    [InlineData("/ip4/::1", "'::1' is not an IPv4 address")]
    [InlineData("/ip4/1.2.3", "'1.2.3' is not")]
    [InlineData("/ip4/1.2.3.4.5", "is not")]
    [InlineData("/ip4/1.2.3.4.", "is not")]
    [InlineData("/ip4/01.2.3.4", "is not")]
    [InlineData("/ip4/0x1.2.3.4", "is not")]
    [InlineData("/ip4/+1.2.3.4", "is not")]
    [InlineData("/ip4/1.2.3. 4", "is not")]
    [InlineData("/ip4/1..3.4", "is not")]
    [InlineData("/ip6/1.2.3.4", "is not an IPv6 address")]
    [InlineData("/ip6/[::1]", "is not an IPv6 address")]
    [InlineData("/ip6/::1::", "is not an IPv6 address")]
    [InlineData("/ip6/fe80::1%eth0", "/ip6zone/<zone>")]
    [InlineData("/ip4/127.0.0.1/tcp/65536", "'65536' is not a port")]
    [InlineData("/ip4/127.0.0.1/tcp/-1", "'-1' is not a port")]
    [InlineData("/ip4/127.0.0.1/tcp/ 1", "' 1' is not a port")]
    [InlineData("/ip4/127.0.0.1/udp/x", "'x' is not a port")]
    [InlineData("/ip4/::/ipcidr/24", "'::' is not")]
    [InlineData("/ip6/::/ipcidr/256", "'256' is not a count of bits")]
    [InlineData("/ip6zone/x", "no ip6 behind it")]
    [InlineData("/ip6zone/x/ip4/1.2.3.4", "no ip6 behind it")]
    [InlineData("/ip4/127.0.0.1/quic-v1/1234", "'1234' is not a protocol")]
    [InlineData("/udp/1234/udt/1234", "'1234' is not a protocol")]
    [InlineData("/dns/a\u0007b", "control character")]
    [InlineData("/p2p/tcp", "'tcp' is not a peer id")]
    [InlineData("/p2p/QmxoHT6iViN5xAjoz1VZ553cL31U9F94ht3QvWR1FrEbZY", "is not a peer id")]
    [InlineData("/p2p/bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi", "is a CID of something else")]
    [InlineData("/p2p/1", "is not a peer id")]
    [InlineData("/p2p/11", "is not a peer id: it is empty")]
    [InlineData("/onion/9imaq4ygg2iegci7:80", "is not an onion service")]
    [InlineData("/onion/aaimaq4ygg2iegci7:80", "is not an onion service")]
    [InlineData("/onion/timaq4ygg2iegci7:0", "its port is 0")]
    [InlineData("/onion/timaq4ygg2iegci7:-1", "is not an onion service")]
    [InlineData("/onion/timaq4ygg2iegci7", "is not an onion service")]
    [InlineData("/onion3/vww6ybal4bd7szmgncyruucpgfkqahzddi37ktceo3ah7ngmcopnpyyd7:80", "is not an onion service")]
    [InlineData("/onion3/vww6ybal4bd7szmgncyruucpgfkqahzddi37ktceo3ah7ngmcopnpyyd:0", "its port is 0")]
    [InlineData("/garlic32/566niximlxdzpanmn4qouucvua3k7neniwss47li5r6ugoertzu", "is not the base32")]
    [InlineData("/garlic32/566niximlxdzpanmn4qouucvua3k7neniwss47li5r6ugoer", "30 bytes")]
    [InlineData("/garlic64/AAAA", "it has 3 bytes, at least 386")]
    [InlineData("/certhash/b2uaraocy6yrdblb4sfptaddgimjmmp", "is not")]
    [InlineData("/certhash", "nothing follows 'certhash'")]
    [InlineData("/http-path/%", "percent-encoded")]
    [InlineData("/http-path/%4", "percent-encoded")]
    [InlineData("/http-path/%+1", "percent-encoded")]
    [InlineData("/http-path/%zz", "percent-encoded")]
    [InlineData("/memory/18446744073709551616", "64 bits")]
    [InlineData("/unix", "nothing follows 'unix'")]
    [InlineData("/ip4/1.2.3.4/tcp/80/unix/", "nothing follows 'unix'")]
    public void Errors_name_the_part(string text, string expected)
    {
        Assert.False(Multiaddress.TryParse(text, out var address, out var error));
        Assert.Null(address);
        Assert.Contains(expected, error);
        Assert.DoesNotContain('\a', error);
        Assert.Equal(error, Assert.Throws<FormatException>(() => Multiaddress.Parse(text)).Message);
    }

    [Fact]
    public void Half_a_surrogate_pair_is_refused()
    {
        Assert.False(Multiaddress.TryParse("/dns/a\ud800", out _, out var error));
        Assert.Contains("surrogate", error);
    }

    [Fact]
    public void An_error_is_short_and_on_one_line()
    {
        Assert.False(Multiaddress.TryParse("/dns/a/" + new string('x', 3000) + "\n\u001b[31m", out _, out var error));
        Assert.InRange(error.Length, 1, 400);
        Assert.DoesNotContain(error, char.IsControl);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("04", "At byte 0 of the address: the value of ip4 has 4 bytes and 0 are there.")]
    [InlineData("047f000001" + "06", "At byte 5 of the address: the value of tcp has 2 bytes and 0 are there.")]
    [InlineData("047f0000010604", "At byte 5")]
    [InlineData("80", "the code of a protocol is cut off")]
    [InlineData("8400", "not in its shortest form")]
    [InlineData("ffffffffffffffffffff01", "longer than 9 bytes")]
    [InlineData("047f00000107", "At byte 5 of the address: no protocol of addresses has the code 7.")]
    [InlineData("3500", "the value of dns is empty")]
    [InlineData("35", "the length of dns is cut off")]
    [InlineData("358100" + "61", "the length of dns is not in its shortest form")]
    [InlineData("35ffffffffffffffff7f", "the value of dns has 9223372036854775807 bytes and 0 are there")]
    [InlineData("3503612f62", "holds a slash")]
    [InlineData("3501ff", "not UTF-8")]
    [InlineData("350100", "control character")]
    [InlineData("3502c285", "control character")]
    [InlineData("2a0161", "no ip6 behind it")]
    [InlineData("2a01610401020304", "no ip6 behind it")]
    [InlineData("90030161", "is not a path")]
    [InlineData("9003012f", "is not a path")]
    [InlineData("9003032f612f", "ends with a slash")]
    [InlineData("9003022f61" + "060050", "tcp follows unix")]
    [InlineData("a50301ff", "is not a peer id")]
    [InlineData("a503021100", "neither SHA-256 nor identity")]
    [InlineData("a503021200", "cut short")]
    [InlineData("a503020000", "it is empty")]
    [InlineData("d20301ff", "is not the multihash")]
    [InlineData("bc03000000000000000000000000", "its port is 0")]
    [InlineData("be030100", "is not an I2P destination")]
    [InlineData("bf030100", "is not an I2P address")]
    [InlineData("890600000000000000", "the value of memory has 8 bytes and 7 are there")]
    public void Bad_bytes_are_refused(string hex, string expected)
    {
        Assert.False(Multiaddress.TryDecode(Convert.FromHexString(hex), out var address, out var error));
        Assert.Null(address);
        Assert.Contains(expected, error);
    }

    [Fact]
    public void An_I2p_destination_fits()
    {
        var random = TestRandom.Create();
        foreach (var length in new[] { 386, 387, 391, 475 })
        {
            byte[] bytes = [0xbe, 0x03, (byte)(length | 0x80), (byte)(length >> 7), .. random.Bytes(length)];
            Assert.True(Multiaddress.TryDecode(bytes, out var address, out var error), error);
            Assert.Equal(address, Multiaddress.Parse(address.ToString()));
        }
    }

    [Fact]
    public void Bounds_hold_in_both_forms()
    {
        Assert.Equal(Multiaddress.MaxParts, Multiaddress.Parse(Repeat("/ws", Multiaddress.MaxParts)).Parts.Count);
        Assert.False(Multiaddress.TryParse(Repeat("/ws", Multiaddress.MaxParts + 1), out _, out var error));
        Assert.Contains("more than 32 parts", error);
        Assert.False(Multiaddress.TryDecode(Enumerable.Repeat<byte[]>([0xdd, 0x03], 33).SelectMany(b => b).ToArray(), out _, out error));
        Assert.Contains("more than 32 parts", error);

        Assert.False(Multiaddress.TryParse("/dns/" + new string('a', 1_000_000), out _, out error));
        Assert.Contains("at most 4096", error);
        Assert.False(Multiaddress.TryParse(new string('/', 1_000_000), out _, out _));
        Assert.False(Multiaddress.TryParse("/dns/" + new string('a', 1025), out _, out error));
        Assert.Contains("at most 1024", error);
        Assert.False(Multiaddress.TryParse(Repeat("/dns/" + new string('a', 500), 3), out _, out error));
        Assert.Contains("more than 1024 bytes", error);
        Assert.False(Multiaddress.TryDecode(new byte[1025], out _, out error));
        Assert.Contains("at most 1024", error);
    }

    [Fact]
    public void The_longest_text_of_an_address_reads_back()
    {
        byte[] bytes = [0xe1, 0x03, 0xfc, 0x07, .. new byte[Multiaddress.MaxBytes - 4]];
        Assert.True(Multiaddress.TryDecode(bytes, out var address, out var error), error);
        Assert.InRange(address.ToString().Length, 3000, Multiaddress.MaxText);
        Assert.Equal(address, Multiaddress.Parse(address.ToString()));
    }

    [Fact]
    public void Parts_are_told()
    {
        var parts = Multiaddress.Parse("/ip4/10.0.0.1/tcp/4001/ws/unix/a/b").Parts;
        Assert.Equal(
            [(MultiaddressProtocols.Ip4, "10.0.0.1"), (MultiaddressProtocols.Tcp, "4001"), (MultiaddressProtocols.Ws, ""), (MultiaddressProtocols.Unix, "/a/b")],
            parts.Select(part => (part.Protocol, part.Value)));
        Assert.Equal("0fa1", Convert.ToHexStringLower(parts[1].Bytes.Span));
        Assert.Equal(["/ip4/10.0.0.1", "/tcp/4001", "/ws", "/unix/a/b"], parts.Select(part => part.ToString()));
        Assert.Equal(Multiaddress.Parse("/ip4/10.0.0.1/tcp/4001/ws/unix/a/b"), Multiaddress.FromParts([.. parts]));
    }

    [Fact]
    public void It_formats_into_a_span()
    {
        var address = Multiaddress.Parse("/ip4/10.0.0.1/tcp/4001");
        Assert.Equal("to /ip4/10.0.0.1/tcp/4001", $"to {address}");
        Assert.False(address.TryFormat(new char[5], out var written, "", null));
        Assert.Equal(0, written);
        Assert.True(address.TryFormat(new char[50], out written, "", null));
        Assert.Equal(22, written);
        Assert.True(Multiaddress.TryParse("/tcp/1", null, out var parsed));
        Assert.False(Multiaddress.TryParse((string?)null, null, out _));
        Assert.True(parsed != address);
        Assert.False(parsed == null);
    }

    static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));
}
