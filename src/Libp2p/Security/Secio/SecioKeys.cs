using System.Security.Cryptography;

namespace Libp2p.Security.Secio;

/// <summary>The secrets of one direction.</summary>
/// <param name="Counter">The first counter block of the cipher.</param>
/// <param name="CipherKey">The cipher's key.</param>
/// <param name="MacKey">The key of the codes.</param>
internal readonly record struct SecioKeys(byte[] Counter, byte[] CipherKey, byte[] MacKey)
{
    private const int MacKeyLength = 20;

    /// <summary>Stretches the shared secret into the keys of both directions (secio/README.md, "Key Stretching").</summary>
    public static (SecioKeys First, SecioKeys Second) Stretch(SecioSuite suite, ReadOnlySpan<byte> secret)
    {
        var each = AesCounter.BlockLength + suite.CipherKeyLength + MacKeyLength;
        var output = new byte[2 * each];
        using var hmac = IncrementalHash.CreateHMAC(suite.HashName, secret);
        var seed = "key expansion"u8;
        hmac.AppendData(seed);
        var chain = hmac.GetHashAndReset();
        for (var filled = 0; filled < output.Length;)
        {
            hmac.AppendData(chain);
            hmac.AppendData(seed);
            var block = hmac.GetHashAndReset();
            var count = Math.Min(block.Length, output.Length - filled);
            block.AsSpan(0, count).CopyTo(output.AsSpan(filled));
            filled += count;
            hmac.AppendData(chain);
            chain = hmac.GetHashAndReset();
        }
        var keys = (Cut(output.AsSpan(0, each)), Cut(output.AsSpan(each)));
        CryptographicOperations.ZeroMemory(output);
        return keys;
    }

    private static SecioKeys Cut(ReadOnlySpan<byte> half) =>
        new(half[..AesCounter.BlockLength].ToArray(), half[AesCounter.BlockLength..^MacKeyLength].ToArray(), half[^MacKeyLength..].ToArray());
}
