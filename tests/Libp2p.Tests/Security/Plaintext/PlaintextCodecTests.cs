using Libp2p.Security.Plaintext;

namespace Libp2p.Tests.Security.Plaintext;

public sealed class PlaintextCodecTests
{
    [Theory]
    [InlineData(KeyType.Ed25519, false)]
    [InlineData(KeyType.Secp256k1, false)]
    [InlineData(KeyType.Ecdsa, false)]
    [InlineData(KeyType.Rsa, false)]
    [InlineData(KeyType.Ed25519, true)]
    [InlineData(KeyType.Rsa, true)]
    public void What_is_written_is_read(KeyType type, bool isInFormOf2020)
    {
        using var identity = Identity.Generate(type);
        var exchange = new PlaintextExchange(identity.PublicKey, isInFormOf2020);
        Assert.True(PlaintextCodec.TryDecode(PlaintextCodec.Encode(exchange), out var read, out var error), error);
        Assert.Equal(exchange, read);
    }

    /// <summary>Field 1 the id, field 2 the key's protobuf: by hand from the specification, and from what js-libp2p 0.28 sends.</summary>
    [Fact]
    public void Its_bytes_are_those_of_the_specification_and_those_of_2020()
    {
        using var identity = Identity.Generate();
        var key = identity.PublicKey.Encoded.ToArray();
        byte[] id = [0x0a, 38, .. identity.PeerId.Span];
        Assert.Equal([.. id, 0x12, 36, .. key], PlaintextCodec.Encode(new PlaintextExchange(identity.PublicKey, false)));
        Assert.Equal([.. id, 0x12, 40, 0x08, 0x00, 0x12, 36, .. key], PlaintextCodec.Encode(new PlaintextExchange(identity.PublicKey, true)));
    }

    [Fact]
    public void What_is_wrong_is_named()
    {
        using var identity = Identity.Generate();
        using var other = Identity.Generate();
        var key = identity.PublicKey.Encoded.ToArray();
        AssertRefused([], "no public key");
        AssertRefused([0x0a, 38, .. identity.PeerId.Span], "no public key");
        AssertRefused([0x0a, 38, .. other.PeerId.Span, 0x12, 36, .. key], "not that of its public key");
        AssertRefused([0x12, 36, .. key], "not that of its public key");
        AssertRefused([0x12, 200, 1, 1], "not a protobuf");
        AssertRefused([0x12, 3, 0x08, 0x01, 0x12], "cannot be read");
        AssertRefused([0x0b], "not a protobuf");
    }

    static void AssertRefused(byte[] bytes, string part)
    {
        Assert.False(PlaintextCodec.TryDecode(bytes, out _, out var error));
        Assert.Contains(part, error, StringComparison.Ordinal);
    }
}
