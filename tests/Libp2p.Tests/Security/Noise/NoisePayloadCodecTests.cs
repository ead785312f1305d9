using Libp2p.Testing;
using Libp2p.Security.Noise;
using Libp2p.Tests.Support;

namespace Libp2p.Tests.Security.Noise;

public sealed class NoisePayloadCodecTests
{
    [Fact]
    public void The_bytes_are_those_of_the_protobuf()
    {
        var payload = new NoisePayload
        {
            IdentityKey = new byte[] { 1, 2 },
            IdentitySignature = new byte[] { 3 },
            StreamMuxers = ["/a"],
            WebTransportCertificateHashes = [new byte[] { 9 }],
        };
        Assert.Equal(Convert.FromHexString("0a02" + "0102" + "1201" + "03" + "2207" + "0a0109" + "1202" + "2f61"), NoisePayloadCodec.Encode(payload));
    }

    [Fact]
    public void Nothing_to_say_is_nothing() => Assert.Empty(NoisePayloadCodec.Encode(new NoisePayload()));

    [Fact]
    public void A_payload_survives_the_way()
    {
        var random = TestRandom.Create();
        for (var i = 0; i < 500; i++)
        {
            var payload = new NoisePayload
            {
                IdentityKey = random.Bytes(random.Next(300)),
                IdentitySignature = random.Bytes(random.Next(300)),
                StreamMuxers = [.. Enumerable.Range(0, random.Next(NoisePayloadCodec.MaxStreamMuxers + 1)).Select(n => new ProtocolId($"/muxer/{n}"))],
                WebTransportCertificateHashes = [.. Enumerable.Range(0, random.Next(NoisePayloadCodec.MaxCertificateHashes + 1)).Select(_ => new ReadOnlyMemory<byte>(random.Bytes(34)))],
            };
            Assert.True(NoisePayloadCodec.TryDecode(NoisePayloadCodec.Encode(payload), out var read, out var error), error);
            Assert.Equal(payload.IdentityKey.ToArray(), read.IdentityKey.ToArray());
            Assert.Equal(payload.IdentitySignature.ToArray(), read.IdentitySignature.ToArray());
            Assert.Equal(payload.StreamMuxers, read.StreamMuxers);
            Assert.Equal(payload.WebTransportCertificateHashes.Select(h => h.ToArray()), read.WebTransportCertificateHashes.Select(h => h.ToArray()));
        }
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("180a" + "0a0107", "07")] // field 3, a number
    [InlineData("2a03aabbcc" + "0a0107", "07")] // field 5, bytes
    [InlineData("390102030405060708" + "0a0107", "07")] // field 7, fixed64
    [InlineData("3d01020304" + "0a0107", "07")] // field 7, fixed32
    [InlineData("0a0101" + "0a0107", "07")] // twice: the last counts
    [InlineData("2204" + "1a020a00" + "0a0107", "07")] // unknown field 3 in the extensions
    public void Unknown_fields_are_passed_over(string hex, string key)
    {
        Assert.True(NoisePayloadCodec.TryDecode(Convert.FromHexString(hex), out var payload, out var error), error);
        Assert.Equal(Convert.FromHexString(key), payload.IdentityKey.ToArray());
        Assert.Empty(payload.StreamMuxers);
    }

    [Theory]
    [InlineData("0a")] // no length
    [InlineData("0a05aa")] // shorter than its length
    [InlineData("0affffffffffffffffff01")] // a length of 2^64
    [InlineData("0a80808080808080808080")] // a number that does not end
    [InlineData("0807")] // the key as a number
    [InlineData("1003")] // the signature as a number
    [InlineData("2001")] // the extensions as a number
    [InlineData("0b0c")] // a group
    [InlineData("1b1b1b1b1b1b")] // groups in groups
    [InlineData("02")] // field 0
    [InlineData("22021005")] // muxers as a number
    [InlineData("22021202")] // a muxer that ends early
    [InlineData("22011b")] // a group in the extensions
    public void What_is_not_the_message_is_refused(string hex)
    {
        Assert.False(NoisePayloadCodec.TryDecode(Convert.FromHexString(hex), out var payload, out var error));
        Assert.Null(payload);
        Assert.NotEmpty(error);
    }

    [Fact]
    public void A_muxer_that_is_no_name_is_left_out()
    {
        // "\n", nothing, no UTF-8, and a good one.
        Assert.True(NoisePayloadCodec.TryDecode(Convert.FromHexString("220c" + "12010a" + "1200" + "1201ff" + "12022f61"), out var payload, out var error), error);
        Assert.Equal(["/a"], payload.StreamMuxers);
    }

    [Theory]
    [InlineData(0x12, NoisePayloadCodec.MaxStreamMuxers)]
    [InlineData(0x0a, NoisePayloadCodec.MaxCertificateHashes)]
    public void Longer_lists_than_allowed_are_refused(byte tag, int limit)
    {
        Assert.True(NoisePayloadCodec.TryDecode(Listing(tag, limit), out _, out _));
        Assert.False(NoisePayloadCodec.TryDecode(Listing(tag, limit + 1), out _, out var error));
        Assert.Contains($"{limit}", error, StringComparison.Ordinal);
        // Nor do two messages make it longer.
        Assert.False(NoisePayloadCodec.TryDecode([.. Listing(tag, limit), .. Listing(tag, 1)], out _, out _));
    }

    [Fact]
    public void Any_bytes_are_safe()
    {
        var random = TestRandom.Create();
        var good = NoisePayloadCodec.Encode(new NoisePayload
        {
            IdentityKey = random.Bytes(36),
            IdentitySignature = random.Bytes(64),
            StreamMuxers = ["/yamux/1.0.0", "/mplex/6.7.0"],
            WebTransportCertificateHashes = [random.Bytes(34)],
        });
        var decoded = 0;
        for (var i = 0; i < 100_000; i++)
        {
            var bytes = i % 2 == 0 ? random.Bytes(random.Next(64)) : Mutate(random, good);
            if (!NoisePayloadCodec.TryDecode(bytes, out var payload, out var error))
            {
                Assert.NotEmpty(error);
                continue;
            }
            decoded++;
            Assert.True(payload.IdentityKey.Length + payload.IdentitySignature.Length <= bytes.Length);
            Assert.True(payload.StreamMuxers.Count <= NoisePayloadCodec.MaxStreamMuxers);
            // What was read can be said again, and means the same.
            Assert.True(NoisePayloadCodec.TryDecode(NoisePayloadCodec.Encode(payload), out var again, out error), error);
            Assert.Equal(payload.IdentityKey.ToArray(), again.IdentityKey.ToArray());
            Assert.Equal(payload.StreamMuxers, again.StreamMuxers);
        }
        Assert.InRange(decoded, 1000, 99_000);
    }

    private static byte[] Mutate(Random random, byte[] good)
    {
        var bytes = good.ToArray();
        for (var n = random.Next(1, 4); n > 0; n--)
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        return random.Next(3) == 0 ? bytes[..random.Next(bytes.Length)] : bytes;
    }

    private static byte[] Listing(byte tag, int count)
    {
        var content = Enumerable.Repeat(new byte[] { tag, 2, (byte)'/', (byte)'a' }, count).SelectMany(b => b).ToArray();
        return content.Length < 128
            ? [0x22, (byte)content.Length, .. content]
            : [0x22, (byte)(content.Length | 0x80), (byte)(content.Length >> 7), .. content];
    }
}
