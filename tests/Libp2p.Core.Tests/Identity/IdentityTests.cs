namespace Libp2p.Tests.Identities;

public class IdentityTests
{
    public static TheoryData<KeyType> Types => [.. Enum.GetValues<KeyType>()];

    [Theory]
    [MemberData(nameof(Types))]
    public void An_identity_survives_export_and_import(KeyType type)
    {
        using var identity = Identity.Generate(type);
        Assert.Equal(type, identity.PublicKey.Type);
        Assert.True(identity.PeerId.Matches(identity.PublicKey));
        Assert.Equal(identity.PeerId.ToString(), identity.ToString());
        var text = identity.Export();
        Assert.DoesNotContain('\n', text);
        Assert.True(Identity.TryImport($" {text}\r\n", out var imported, out var error), error);
        using (imported)
        {
            Assert.Equal(identity.PeerId, imported.PeerId);
            Assert.Equal(text, imported.Export());
            Assert.True(identity.PublicKey.Verify("hello"u8, imported.Sign("hello"u8)));
        }
    }

    [Theory]
    [MemberData(nameof(KeyVectors.All), MemberType = typeof(KeyVectors))]
    public void What_others_export_is_imported(KeyType type, byte[] privateKey, byte[] publicKey)
    {
        Assert.True(Identity.TryImport(Convert.ToBase64String(privateKey), out var identity, out var error), error);
        using (identity)
        {
            Assert.Equal(type, identity.PrivateKey.Type);
            Assert.Equal(publicKey, identity.PublicKey.ToProtobuf());
            Assert.Equal(Convert.ToBase64String(privateKey), identity.Export());
        }
    }

    [Theory]
    [InlineData("", "no key")]
    [InlineData(" \n", "no key")]
    [InlineData("not base64!", "not base64")]
    [InlineData("CAE", "not base64")]
    [InlineData("CAESQA==", "no complete data")]
    [InlineData("CAcSAA==", "type 7")]
    public void What_is_no_key_is_refused_with_a_reason(string text, string reason)
    {
        Assert.False(Identity.TryImport(text, out var identity, out var error));
        Assert.Null(identity);
        Assert.Contains(reason, error);
    }

    [Fact]
    public void Text_of_any_length_is_refused_before_it_is_decoded()
    {
        Assert.False(Identity.TryImport(new string('A', 1 << 20), out _, out var error));
        Assert.Contains("too long", error);
        // As long as the limit lets pass, all of it padding-free base64: the buffer is not outrun.
        Assert.False(Identity.TryImport(new string('A', (PrivateKey.MaxEncodedLength + 2) / 3 * 4), out _, out _));
    }

    [Fact]
    public void A_disposed_identity_does_not_sign()
    {
        var identity = Identity.FromPrivateKey(PrivateKey.Generate());
        identity.Dispose();
        Assert.Throws<ObjectDisposedException>(() => identity.Sign("message"u8));
        Assert.Throws<ObjectDisposedException>(identity.Export);
    }
}
