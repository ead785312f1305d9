using System.Security.Cryptography;
using Libp2p.Security.Secio;
using Libp2p.Testing;

namespace Libp2p.Tests.Security.Secio;

public sealed class SecioSuiteTests
{
    readonly Random _random = TestRandom.Create();

    [Fact]
    public void Both_sides_compute_the_same_and_one_is_preferred()
    {
        var preferred = 0;
        for (var i = 0; i < 100; i++)
        {
            var (one, other) = (Propose("P-521,P-256", "AES-128,AES-256", "SHA512,SHA256"), Propose("P-256,P-384,P-521", "AES-256,Blowfish,AES-128", "SHA256,SHA512"));
            var (here, there) = (SecioSuite.Select(one, other, out _)!, SecioSuite.Select(other, one, out _)!);
            Assert.Equal(here, there with { IsLocalPreferred = !there.IsLocalPreferred });
            Assert.Equal(here.IsLocalPreferred ? "P-521, AES-128, SHA512" : "P-256, AES-256, SHA256", here.ToString());
            preferred += here.IsLocalPreferred ? 1 : 0;
        }
        Assert.InRange(preferred, 10, 90);
    }

    [Fact]
    public void The_order_is_that_of_the_two_hashes()
    {
        var (local, remote) = (Propose(), Propose());
        var order = SHA256.HashData([.. remote.PublicKey, .. local.Nonce]).AsSpan().SequenceCompareTo(SHA256.HashData([.. local.PublicKey, .. remote.Nonce]));
        Assert.Equal(order > 0, SecioSuite.Select(local, remote, out _)!.IsLocalPreferred);
    }

    [Theory]
    [InlineData("P-224", "AES-256", "SHA256", "no curve in common")]
    [InlineData("P-256", "Blowfish", "SHA256", "no cipher in common")]
    [InlineData("P-256", "AES-256", "", "no hash in common")]
    public void Nothing_in_common_is_named(string exchanges, string ciphers, string hashes, string expected)
    {
        Assert.Null(SecioSuite.Select(Propose(), Propose(exchanges, ciphers, hashes), out var error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void A_node_does_not_speak_to_itself()
    {
        var proposal = Propose();
        Assert.Null(SecioSuite.Select(proposal, proposal, out var error));
        Assert.Equal("it is this node itself", error);
    }

    /// <summary>The construction of the specification once more, by other means: the whole output at once.</summary>
    [Theory]
    [InlineData("AES-128", "SHA256", 16)]
    [InlineData("AES-256", "SHA256", 32)]
    [InlineData("AES-256", "SHA512", 32)]
    public void Keys_are_cut_from_the_stretched_secret(string cipher, string hash, int keyLength)
    {
        var secret = _random.Bytes(32);
        var suite = new SecioSuite("P-256", cipher, hash, true);
        var (first, second) = SecioKeys.Stretch(suite, secret);
        byte[] Code(byte[] data) => hash == "SHA256" ? HMACSHA256.HashData(secret, data) : HMACSHA512.HashData(secret, data);
        var seed = "key expansion"u8.ToArray();
        var chain = new List<byte[]> { Code(seed) };
        while (chain.Count < 5)
            chain.Add(Code(chain[^1]));
        var output = chain.SelectMany(a => Code([.. a, .. seed])).Take(2 * (16 + keyLength + 20)).ToArray();
        byte[] joined = [.. first.Counter, .. first.CipherKey, .. first.MacKey, .. second.Counter, .. second.CipherKey, .. second.MacKey];
        Assert.Equal(output, joined);
        Assert.Equal((16, keyLength, 20), (first.Counter.Length, first.CipherKey.Length, first.MacKey.Length));
    }

    SecioProposal Propose(string exchanges = SecioSuite.Exchanges, string ciphers = SecioSuite.Ciphers, string hashes = SecioSuite.Hashes) =>
        new(_random.Bytes(16), _random.Bytes(36), exchanges, ciphers, hashes);
}
