using Libp2p.Testing;
using Libp2p.Tests.Support;

namespace Libp2p.Tests.Identities;

public class PeerRecordTests
{
    static readonly Multiaddress[] Addresses =
        [Multiaddress.Parse("/ip4/192.0.2.0/tcp/42"), Multiaddress.Parse("/ip6/2001:db8::1/udp/4001/quic-v1")];

    public static TheoryData<KeyType> Types => [.. Enum.GetValues<KeyType>()];

    [Theory]
    [MemberData(nameof(Types))]
    public void A_sealed_record_opens(KeyType type)
    {
        using var identity = Identity.Generate(type);
        var record = new PeerRecord(identity.PeerId, ulong.MaxValue, Addresses);
        Assert.True(PeerRecord.TryOpen(record.Seal(identity).Encode(), out var opened, out var error), error);
        Assert.Equal(identity.PeerId, opened.PeerId);
        Assert.Equal(ulong.MaxValue, opened.Sequence);
        Assert.Equal(Addresses, opened.Addresses);
        Assert.Equal(record.Encoded.ToArray(), opened.Encoded.ToArray());
    }

    [Fact]
    public void Domain_and_payload_type_are_those_that_peers_use()
    {
        using var identity = Identity.Generate();
        var envelope = new PeerRecord(identity.PeerId, 1, Addresses).Seal(identity);
        Assert.Equal([3, 1], envelope.PayloadType.ToArray());
        byte[] signed = [18, .. "libp2p-peer-record"u8, 2, 3, 1, (byte)envelope.Payload.Length, .. envelope.Payload.Span];
        Assert.True(identity.PublicKey.Verify(signed, envelope.Signature.Span));
    }

    [Fact]
    public void The_encoding_is_that_of_RFC_0003()
    {
        var peer = PeerId.Parse("12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA");
        var record = new PeerRecord(peer, 300, [Addresses[0]]);
        byte[] expected = [0x0a, 38, .. peer.Span, 0x10, 0xac, 0x02, 0x1a, 0x0a, 0x0a, 0x08, 4, 192, 0, 2, 0, 6, 0, 42];
        Assert.Equal(expected, record.Encoded.ToArray());
        Assert.Equal([0x0a, 38, .. peer.Span], new PeerRecord(peer, 0, []).Encoded.ToArray());
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_record_signed_by_another_peer_is_refused(KeyType type)
    {
        using var victim = Identity.Generate();
        using var attacker = Identity.Generate(type);
        var record = new PeerRecord(victim.PeerId, 7, Addresses);
        Assert.Throws<ArgumentException>(() => record.Seal(attacker));
        var forged = SignedEnvelope.Seal(attacker, PeerRecord.Domain, PeerRecord.PayloadType, record.Encoded.Span).Encode();
        Assert.True(SignedEnvelope.TryOpen(forged, PeerRecord.Domain, out _, out _));
        Assert.False(PeerRecord.TryOpen(forged, out var opened, out var error));
        Assert.Null(opened);
        Assert.Contains(victim.PeerId.ToString(), error);
        Assert.Contains(attacker.PeerId.ToString(), error);
    }

    [Theory]
    [InlineData("libp2p-routing-state", "0301", "domain")]
    [InlineData("libp2p-peer-record", "0300", "not a peer record")]
    [InlineData("libp2p-peer-record", "2f6c69627032702f726f7574696e672d73746174652d7265636f7264", "not a peer record")]
    public void A_record_under_another_domain_or_type_is_refused(string domain, string payloadType, string reason)
    {
        using var identity = Identity.Generate();
        var record = new PeerRecord(identity.PeerId, 7, Addresses);
        var envelope = SignedEnvelope.Seal(identity, domain, Convert.FromHexString(payloadType), record.Encoded.Span);
        Assert.False(PeerRecord.TryOpen(envelope.Encode(), out _, out var error));
        Assert.Contains(reason, error);
    }

    [Fact]
    public void Unknown_fields_and_unknown_addresses_are_passed_over()
    {
        var peer = PeerId.Parse("12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA");
        var valid = new PeerRecord(peer, 7, Addresses).Encoded.ToArray();
        byte[] extended =
        [
            .. valid, 0x22, 1, 0, 0x28, 1,
            0x1a, 0, // no address
            0x1a, 6, 0x0a, 4, 0xff, 0xff, 0x7f, 1, // an unknown protocol
            0x1a, 12, 0x12, 0, 0x0a, 8, 4, 192, 0, 2, 0, 6, 0, 42, // metadata before the address
        ];
        Assert.True(PeerRecord.TryDecode(extended, out var record, out var error), error);
        Assert.Equal([.. Addresses, Addresses[0]], record.Addresses);
    }

    [Theory]
    [InlineData("", "no peer")]
    [InlineData("1007", "no peer")]
    [InlineData("0a0112", "not a peer id")]
    [InlineData("0a03000108" + "0a03000108", "twice")]
    [InlineData("0a03000108" + "1001" + "1002", "two sequence")]
    [InlineData("0a03000108" + "10ffffffffffffffffff02", "complete")]
    [InlineData("0a03000108" + "12020000", "complete")]
    [InlineData("0a03000108" + "1a05", "complete")]
    [InlineData("0a03000108" + "1a020a05", "complete")]
    [InlineData("0a03000108" + "1a0108", "complete")]
    [InlineData("0a03000108" + "1801", "complete")]
    [InlineData("0a03000108" + "23", "complete")]
    public void A_malformed_record_is_refused_with_a_reason(string hex, string reason)
    {
        Assert.False(PeerRecord.TryDecode(Convert.FromHexString(hex), out var record, out var error));
        Assert.Null(record);
        Assert.Contains(reason, error);
        Assert.DoesNotContain('\n', error);
    }

    [Fact]
    public void The_limits_hold_on_both_sides()
    {
        using var identity = Identity.Generate();
        var most = Enumerable.Repeat(Addresses[0], PeerRecord.MaxAddresses).ToArray();
        var bytes = new PeerRecord(identity.PeerId, 7, most).Seal(identity).Encode();
        Assert.True(PeerRecord.TryOpen(bytes, out var record, out var error), error);
        Assert.Equal(PeerRecord.MaxAddresses, record.Addresses.Length);

        Assert.Throws<ArgumentException>(() => new PeerRecord(identity.PeerId, 7, [.. most, Addresses[0]]));
        Assert.False(PeerRecord.TryDecode([.. record.Encoded.Span, 0x1a, 0], out _, out error));
        Assert.Contains("more than 500", error);

        var large = Multiaddress.Parse("/dns4/" + string.Join('.', Enumerable.Repeat(new string('a', 60), 4)) + "/tcp/1");
        Assert.Throws<ArgumentException>(() => new PeerRecord(identity.PeerId, 7, Enumerable.Repeat(large, 200)));
        Assert.False(PeerRecord.TryDecode([.. record.Encoded.Span, 0x22, 0x80, 0x80, 0x02, .. new byte[0x8000]], out _, out error));
        Assert.Contains("at most 32768 bytes", error);
    }

    [Fact]
    public void Random_bytes_never_throw()
    {
        var random = TestRandom.Create();
        using var identity = Identity.Generate();
        var record = new PeerRecord(identity.PeerId, 7, Addresses);
        var valid = record.Encoded.ToArray();
        var envelope = record.Seal(identity).Encode();
        for (var i = 0; i < 20_000; i++)
        {
            if (PeerRecord.TryDecode(Hostile.Mutate(random, valid), out var decoded, out _))
            {
                Assert.True(PeerRecord.TryDecode(decoded.Encoded.Span, out var again, out var error), error);
                Assert.Equal(decoded.Addresses, again.Addresses);
            }
            if (i % 10 == 0 && PeerRecord.TryOpen(Hostile.Mutate(random, envelope), out decoded, out _))
                Assert.Equal(valid, decoded.Encoded.ToArray());
        }
    }
}
