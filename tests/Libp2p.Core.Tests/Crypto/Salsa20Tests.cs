using System.Security.Cryptography;

namespace Libp2p.Tests.Crypto;

public class Salsa20Tests
{
    // NaCl's tests stream and stream3.
    const string Key = "1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389";
    const string Nonce = "69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37";

    /// <summary>The ECRYPT vectors of Salsa20 with 256 bits, set 1 vector 0.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Salsa20_makes_the_stream_of_the_ECRYPT_vectors(bool vectors)
    {
        var key = new byte[32];
        key[0] = 0x80;
        var stream = Stream(Salsa20.Create(key, new byte[8], vectors), 512);
        Assert.Equal("e3be8fdd8beca2e3ea8ef9475b29a6e7003951e1097a5c38d23b7a5fad9f6844b22c97559e2723c7cbbd3fe4fc8d9a0744652a83e72a9c461876af4d7ef1a117", Hex(stream.AsSpan()[..64]));
        Assert.Equal("57be81f47b17d9ae7c4ff15429a73e10acf250ed3a90a93c711308a74c6216a9ed84cd126da7f28e8abf8bb63517e1ca98e712f4fb2e1a6aed9fdc73291faa17", Hex(stream.AsSpan()[192..256]));
        Assert.Equal("958211c4ba2ebd5838c635edb81f513a91a294e194f1c039aeec657dce40aa7e7c0af57cacefa40c9f14b71a4b3456a63e162ec7d8d10b8ffb1810d71001b618", Hex(stream.AsSpan()[256..320]));
        Assert.Equal("696afcfd0cddcc83c7e77f11a649d79acdc3354e9635ff137e929933a0bd6f5377efa105a3a4266b7c0d089d08f1e855cc32b15b93784a36e56a76cc64bc8477", Hex(stream.AsSpan()[448..]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void XSalsa20_makes_the_stream_of_NaCl(bool vectors)
    {
        var stream = Stream(Salsa20.CreateExtended(Convert.FromHexString(Key), Convert.FromHexString(Nonce), vectors), 4_194_304);
        Assert.Equal("eea6a7251c1e72916d11c2cb214d3c252539121d8e234e652d651fa4c8cff880", Hex(stream.AsSpan()[..32]));
        Assert.Equal("662b9d0e3463029156069b12f918691a98f7dfb2ca0393c96bbfc6b1fbd630a2", Hex(SHA256.HashData(stream)));
    }

    [Fact]
    public void Pieces_of_any_size_give_one_stream()
    {
        var whole = Stream(New(), 20_000);
        for (var seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            var cipher = New();
            var bytes = new byte[whole.Length];
            for (var at = 0; at < bytes.Length;)
            {
                var count = Math.Min(bytes.Length - at, random.Next(1 << random.Next(12)));
                cipher.Apply(bytes.AsSpan(at, count));
                at += count;
            }
            Assert.Equal(whole, bytes);
        }
    }

    [Fact]
    public void What_is_applied_twice_is_as_it_was()
    {
        var text = RandomNumberGenerator.GetBytes(1000);
        var bytes = (byte[])text.Clone();
        New().Apply(bytes);
        Assert.NotEqual(text, bytes);
        New().Apply(bytes);
        Assert.Equal(text, bytes);
    }

    [Fact]
    public void Lengths_are_checked()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Salsa20.Create(new byte[16], new byte[8]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Salsa20.Create(new byte[32], new byte[24]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Salsa20.CreateExtended(new byte[32], new byte[8]));
    }

    static Salsa20 New() => Salsa20.CreateExtended(Convert.FromHexString(Key), Convert.FromHexString(Nonce));

    static byte[] Stream(Salsa20 cipher, int length)
    {
        var bytes = new byte[length];
        cipher.Apply(bytes);
        return bytes;
    }

    static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);
}
