using System.Security.Cryptography;

namespace Libp2p.Tests.Crypto;

public class Sha256Tests
{
    [Fact]
    public void It_hashes_as_the_base_class_library_does()
    {
        var bytes = new byte[70_000];
        new Random(1).NextBytes(bytes);
        foreach (var length in new[] { 0, 1, 55, 56, 63, 64, 65, 1024, 70_000 })
        {
            var hash = new byte[SHA256.HashSizeInBytes];
            Sha256.Hash(bytes.AsSpan(0, length), hash);
            Assert.Equal(SHA256.HashData(bytes.AsSpan(0, length)), hash);
        }
    }

    [Fact]
    public void A_hash_of_nothing_is_the_one_of_the_standard()
    {
        var hash = new byte[SHA256.HashSizeInBytes];
        Sha256.Hash([], hash);
        Assert.Equal("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", Convert.ToHexStringLower(hash));
    }

    [Fact]
    public void Nothing_is_written_where_there_is_no_room() => Assert.ThrowsAny<ArgumentException>(() => Sha256.Hash([1], new byte[31]));
}
