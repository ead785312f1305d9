using Libp2p.Testing;
using System.Text;
using Libp2p.Tests.Support;

namespace Libp2p.Tests.Crypto;

public sealed class AeadCipherTests
{
    /// <summary>RFC 8439 §2.8.2.</summary>
    [Fact]
    public void ChaCha20Poly1305_gives_the_answer_of_RFC_8439()
    {
        using var cipher = AeadCipher.CreateChaCha20Poly1305([.. Enumerable.Range(0x80, 32).Select(value => (byte)value)]);
        var nonce = Convert.FromHexString("070000004041424344454647");
        var associated = Convert.FromHexString("50515253c0c1c2c3c4c5c6c7");
        var message = Encoding.ASCII.GetBytes(
            "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.");
        var made = new byte[message.Length + AeadCipher.TagLength];
        cipher.Seal(nonce, message, made, associated);
        Assert.Equal(
            "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b"
            + "1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc"
            + "3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691",
            Convert.ToHexStringLower(made));
        var opened = new byte[message.Length];
        Assert.True(cipher.TryOpen(nonce, made, opened, associated));
        Assert.Equal(message, opened);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(24)]
    [InlineData(33)]
    public void Refuses_keys_of_other_lengths(int length)
    {
        Assert.Throws<ArgumentException>(() => AeadCipher.CreateChaCha20Poly1305(new byte[length]));
        Assert.Throws<ArgumentException>(() => AeadCipher.CreateAesGcm(new byte[length]));
    }

    [Fact]
    public void Refuses_a_short_ChaCha20_key() => Assert.Throws<ArgumentException>(() => AeadCipher.CreateChaCha20Poly1305(new byte[16]));

    [Fact]
    public void Implementations_open_what_the_other_sealed()
    {
        var random = TestRandom.Create();
        for (var i = 0; i < 100; i++)
        {
            var key = random.Bytes(32);
            using var nativeChaCha = OpenSslAeadCipher.TryCreateChaCha20Poly1305(key).OrSkip();
            using var nativeAes = OpenSslAeadCipher.TryCreateAesGcm(key).OrSkip();
            using var chaCha = new BclChaCha20Poly1305(key);
            using var aes = new BclAesGcm(key);
            Exchange(nativeChaCha, chaCha, random);
            Exchange(nativeAes, aes, random);
        }
    }

    private static void Exchange(AeadCipher first, AeadCipher second, Random random)
    {
        byte[] nonce = random.Bytes(12), message = random.Bytes(random.Next(3_000)), associated = random.Bytes(random.Next(50));
        byte[] made = new byte[message.Length + 16], opened = new byte[message.Length];
        foreach (var (from, to) in new[] { (first, second), (second, first) })
        {
            from.Seal(nonce, message, made, associated);
            Assert.True(to.TryOpen(nonce, made, opened, associated));
            Assert.Equal(message, opened);
        }
    }
}
