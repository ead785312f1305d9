using System.Text;
using Libp2p.Protocols.Gossipsub;

namespace Libp2p.Tests.Protocols.Gossipsub;

public sealed class MessageSignatureTests
{
    public static TheoryData<KeyType> KeyTypes => [KeyType.Ed25519, KeyType.Secp256k1, KeyType.Ecdsa, KeyType.Rsa];

    [Theory]
    [MemberData(nameof(KeyTypes))]
    public void A_signed_message_is_proven(KeyType type)
    {
        using var identity = Identity.Generate(type);
        var sent = MessageSignature.Create(identity, "topic", "text"u8, 0x0102030405060708, MessageIds.Origin);
        var message = Receive(sent.Part.ToArray());
        Assert.Equal(MessageRefusal.None, MessageSignature.Verify(message));
        Assert.Equal(identity.PeerId, message.From);
        Assert.Equal(0x0102030405060708ul, message.SequenceNumber);
        Assert.Equal("text"u8.ToArray(), message.Data.ToArray());
        Assert.Equal(sent.Id, message.Id);
        Assert.Equal(!identity.PeerId.ContainsPublicKey, !message.Key.IsEmpty);
    }

    [Theory]
    [MemberData(nameof(KeyTypes))]
    public void What_is_signed_leaves_out_signature_and_key(KeyType type)
    {
        using var identity = Identity.Generate(type);
        var body = Body(MessageSignature.Create(identity, "topic", "text"u8, 1, MessageIds.Origin));
        Assert.True(MessageCodec.TryRead(body, out var fields));
        byte[] signed =
        [
            .. "libp2p-pubsub:"u8,
            .. RpcCodecTests.Field(1, identity.PeerId.Bytes.ToArray()), .. RpcCodecTests.Field(2, "text"u8.ToArray()),
            .. RpcCodecTests.Field(3, [0, 0, 0, 0, 0, 0, 0, 1]), .. RpcCodecTests.Field(4, "topic"u8.ToArray()),
        ];
        Assert.True(identity.PublicKey.Verify(signed, fields.Signature));
    }

    [Theory]
    [MemberData(nameof(KeyTypes))]
    public void A_changed_message_is_refused(KeyType type)
    {
        using var identity = Identity.Generate(type);
        var sent = MessageSignature.Create(identity, "topic", "text"u8, 1, MessageIds.Origin);
        foreach (var (find, replace) in new[] { ("text", "tEXt"), ("topic", "tOpic") })
        {
            var part = sent.Part.ToArray();
            Encoding.ASCII.GetBytes(replace).CopyTo(part, part.AsSpan().IndexOf(Encoding.ASCII.GetBytes(find)));
            Assert.Equal(MessageRefusal.WrongSignature, MessageSignature.Verify(Receive(part)));
        }
    }

    [Theory]
    [MemberData(nameof(KeyTypes))]
    public void The_key_is_bound_to_the_author(KeyType type)
    {
        using var identity = Identity.Generate(type);
        using var other = Identity.Generate(type);
        var body = Body(MessageSignature.Create(identity, "topic", "text"u8, 1, MessageIds.Origin));
        Assert.True(MessageCodec.TryRead(body, out var fields));

        // The true author, the attacker's key and signature.
        var forged = fields;
        var stolen = Body(MessageSignature.Create(other, "topic", "text"u8, 1, MessageIds.Origin));
        Assert.True(MessageCodec.TryRead(stolen, out var attacker));
        forged.Key = other.PublicKey.Encoded.Span;
        forged.Signature = attacker.Signature;
        Assert.Equal(MessageRefusal.WrongKey, MessageSignature.Verify(Receive(MessageCodec.Encode(forged, out _))));

        // What js-libp2p sends: the key even where the author's id contains it.
        fields.Key = identity.PublicKey.Encoded.Span;
        Assert.Equal(MessageRefusal.None, MessageSignature.Verify(Receive(MessageCodec.Encode(fields, out _))));

        fields.Key = "no key"u8;
        Assert.Equal(MessageRefusal.WrongKey, MessageSignature.Verify(Receive(MessageCodec.Encode(fields, out _))));
    }

    [Fact]
    public void The_policies_want_what_they_say()
    {
        using var identity = Identity.Generate();
        var signed = Body(MessageSignature.Create(identity, "topic", "text"u8, 1, MessageIds.Origin));
        var anonymous = Body(MessageSignature.Create(null, "topic", "text"u8, 1, MessageIds.DataHash));
        Assert.Equal(MessageRefusal.None, Check(signed, SignaturePolicy.StrictSign));
        Assert.Equal(MessageRefusal.Unsigned, Check(anonymous, SignaturePolicy.StrictSign));
        Assert.Equal(MessageRefusal.Signed, Check(signed, SignaturePolicy.StrictNoSign));
        Assert.Equal(MessageRefusal.None, Check(anonymous, SignaturePolicy.StrictNoSign));
        foreach (var lax in new[] { SignaturePolicy.LaxSign, SignaturePolicy.LaxNoSign })
        {
            Assert.Equal(MessageRefusal.None, Check(signed, lax));
            Assert.Equal(MessageRefusal.None, Check(anonymous, lax));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(9)]
    public void A_number_has_eight_bytes(int length)
    {
        using var identity = Identity.Generate();
        MessageCodec.TryRead(Body(MessageSignature.Create(identity, "topic", "text"u8, 1, MessageIds.Origin)), out var fields);
        fields.SequenceNumber = new byte[length];
        Assert.Equal(MessageRefusal.Malformed, MessageSignature.Check(fields, SignaturePolicy.LaxSign));
    }

    [Fact]
    public void A_message_of_several_topics_is_refused()
    {
        byte[] body = [.. RpcCodecTests.Field(2, "text"u8.ToArray()), .. RpcCodecTests.Field(4, "a"u8.ToArray()), .. RpcCodecTests.Field(4, "b"u8.ToArray())];
        Assert.Equal(MessageRefusal.Malformed, Check(body, SignaturePolicy.LaxNoSign));
    }

    [Fact]
    public void Absent_and_empty_content_are_signed_differently()
    {
        MessageCodec.TryRead(RpcCodecTests.Field(4, "a"u8.ToArray()), out var absent);
        MessageCodec.TryRead([.. RpcCodecTests.Field(2, []), .. RpcCodecTests.Field(4, "a"u8.ToArray())], out var empty);
        Assert.Equal(MessageCodec.SignedLength(absent) + 2, MessageCodec.SignedLength(empty));
    }

    internal static byte[] Body(GossipMessage message) => MessageCodec.TryGetBody(message.Part.Span, out var body) ? body.ToArray() : [];

    private static MessageRefusal Check(byte[] body, SignaturePolicy policy)
    {
        Assert.True(MessageCodec.TryRead(body, out var fields));
        return MessageSignature.Check(fields, policy);
    }

    private static GossipMessage Receive(byte[] part)
    {
        Assert.True(MessageCodec.TryGetBody(part, out var body) && MessageCodec.TryRead(body, out _));
        MessageCodec.TryRead(body, out var fields);
        Assert.True(PeerId.TryDecode(fields.From, out var from));
        var topic = Encoding.UTF8.GetString(fields.Topic);
        return MessageSignature.Make(fields, topic, from, MessageSignature.FormId(MessageIds.Origin, fields, topic, from));
    }
}
