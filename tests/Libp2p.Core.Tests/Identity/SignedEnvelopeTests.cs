using Libp2p.Testing;
using Libp2p.Tests.Support;

namespace Libp2p.Tests.Identities;

public class SignedEnvelopeTests
{
    const string Domain = "test-domain";

    public static TheoryData<KeyType> Types => [.. Enum.GetValues<KeyType>()];

    [Theory]
    [MemberData(nameof(Types))]
    public void What_was_sealed_opens_for_its_domain_alone(KeyType type)
    {
        using var identity = Identity.Generate(type);
        var bytes = SignedEnvelope.Seal(identity, Domain, [3, 1], "payload"u8).Encode();
        Assert.True(SignedEnvelope.TryOpen(bytes, Domain, out var envelope, out var error), error);
        Assert.Equal(identity.PublicKey, envelope.PublicKey);
        Assert.Equal([3, 1], envelope.PayloadType.ToArray());
        Assert.Equal("payload"u8.ToArray(), envelope.Payload.ToArray());
        Assert.Equal(bytes, envelope.Encode());

        Assert.False(SignedEnvelope.TryOpen(bytes, "test-domai", out envelope, out error));
        Assert.Null(envelope);
        Assert.Contains("test-domai", error);
    }

    [Fact]
    public void The_signed_bytes_are_each_part_behind_its_length()
    {
        using var identity = Identity.Generate();
        var payload = new byte[300];
        var envelope = SignedEnvelope.Seal(identity, "dom", [9], payload);
        Assert.True(identity.PublicKey.Verify([3, .. "dom"u8, 1, 9, 0xac, 0x02, .. payload], envelope.Signature.Span));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_change_anywhere_is_noticed(KeyType type)
    {
        using var identity = Identity.Generate(type);
        var bytes = SignedEnvelope.Seal(identity, Domain, [3, 1], "payload"u8).Encode();
        for (var position = 0; position < bytes.Length; position += type == KeyType.Rsa ? 7 : 1)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[position] ^= 1;
            Assert.False(SignedEnvelope.TryOpen(damaged, Domain, out _, out var error), $"byte {position} of {bytes.Length}");
            Assert.DoesNotContain('\n', error);
        }
        for (var length = 0; length < bytes.Length; length += type == KeyType.Rsa ? 7 : 1)
            Assert.False(SignedEnvelope.TryOpen(bytes.AsSpan(0, length), Domain, out _, out _), $"cut after {length}");
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_signature_of_another_key_or_none_is_refused(KeyType type)
    {
        using var identity = Identity.Generate(type);
        using var other = Identity.Generate(type);
        var signature = SignedEnvelope.Seal(other, Domain, [3, 1], "payload"u8).Signature;
        Assert.False(SignedEnvelope.TryOpen(
            Encode(identity.PublicKey.ToProtobuf(), [3, 1], "payload"u8.ToArray(), signature.ToArray()), Domain, out _, out _));
        Assert.False(SignedEnvelope.TryOpen(
            Encode(identity.PublicKey.ToProtobuf(), [3, 1], "payload"u8.ToArray(), []), Domain, out _, out var error));
        Assert.Contains("no signature", error);
        Assert.False(SignedEnvelope.TryOpen(
            Encode([], [3, 1], "payload"u8.ToArray(), signature.ToArray()), Domain, out _, out error));
        Assert.Contains("no public key", error);
    }

    [Fact]
    public void Unknown_fields_are_passed_over_and_known_ones_may_stand_once_only()
    {
        using var identity = Identity.Generate();
        var bytes = SignedEnvelope.Seal(identity, Domain, [3, 1], "payload"u8).Encode();
        byte[] extended = [0x38, 0x96, 0x01, .. bytes, 0x3a, 0x02, 1, 2, 0x39, 1, 2, 3, 4, 5, 6, 7, 8, 0x3d, 1, 2, 3, 4];
        Assert.True(SignedEnvelope.TryOpen(extended, Domain, out var envelope, out var error), error);
        Assert.Equal(bytes, envelope.Encode());

        Assert.False(SignedEnvelope.TryOpen([.. bytes, 0x1a, 0x01, 7], Domain, out _, out error));
        Assert.Contains("field 3 twice", error);
        foreach (var tail in new byte[][] { [0x3b], [0x3c], [0x02, 0], [0x3d, 1, 2, 3], [0x39, 1], [0x18, 1], [0x3a, 5, 1], [0xff] })
            Assert.False(SignedEnvelope.TryOpen([.. bytes, .. tail], Domain, out _, out _), Convert.ToHexString(tail));
    }

    [Fact]
    public void An_empty_payload_and_type_are_signed_too()
    {
        using var identity = Identity.Generate();
        var bytes = SignedEnvelope.Seal(identity, Domain, [], []).Encode();
        Assert.True(SignedEnvelope.TryOpen(bytes, Domain, out var envelope, out var error), error);
        Assert.True(envelope.Payload.IsEmpty);
        Assert.True(envelope.PayloadType.IsEmpty);
    }

    [Fact]
    public void The_limit_holds_on_both_sides()
    {
        using var identity = Identity.Generate();
        var overhead = SignedEnvelope.Seal(identity, Domain, [3, 1], new byte[60_000]).Encode().Length - 60_000;
        var largest = new byte[SignedEnvelope.MaxEncodedLength - overhead];
        var bytes = SignedEnvelope.Seal(identity, Domain, [3, 1], largest).Encode();
        Assert.Equal(SignedEnvelope.MaxEncodedLength, bytes.Length);
        Assert.True(SignedEnvelope.TryOpen(bytes, Domain, out _, out _));
        Assert.False(SignedEnvelope.TryOpen([.. bytes, 0x38, 0], Domain, out _, out var error));
        Assert.Contains("at most", error);
        Assert.Throws<ArgumentException>(() => SignedEnvelope.Seal(identity, Domain, [3, 1], new byte[largest.Length + 1]));
        Assert.Throws<ArgumentException>(() => SignedEnvelope.Seal(identity, Domain, [3, 1], new byte[1 << 20]));
        Assert.Throws<ArgumentException>(() => SignedEnvelope.Seal(identity, new string('d', 257), [3, 1], []));
        Assert.Throws<ArgumentException>(() => SignedEnvelope.TryOpen(bytes, "", out _, out _));
    }

    [Fact]
    public void Random_bytes_never_throw()
    {
        var random = TestRandom.Create();
        using var identity = Identity.Generate();
        var valid = SignedEnvelope.Seal(identity, Domain, [3, 1], "payload"u8).Encode();
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = Hostile.Mutate(random, valid);
            if (SignedEnvelope.TryOpen(bytes, Domain, out var envelope, out _))
                Assert.Equal("payload"u8.ToArray(), envelope.Payload.ToArray());
        }
    }

    static byte[] Encode(byte[] key, byte[] payloadType, byte[] payload, byte[] signature)
    {
        var bytes = new byte[key.Length + payloadType.Length + payload.Length + signature.Length + 20];
        var writer = new ProtobufWriter(bytes);
        writer.WriteBytesField(1, key);
        writer.WriteBytesField(2, payloadType);
        writer.WriteBytesField(3, payload);
        writer.WriteBytesField(5, signature);
        return bytes[..writer.Written];
    }
}
