using System.Text.Json;

namespace Libp2p.Tests.Identities;

/// <summary>
/// The Wycheproof signature sets through <see cref="PublicKey.Verify"/>. The one vector marked acceptable (an RSA padding
/// without the NULL of its algorithm) must not be let pass: RFC 8017 §9.2 knows one padding.
/// </summary>
public class WycheproofSignatureTests
{
    [Theory]
    [InlineData("ecdsa_secp256r1_sha256_test.json", KeyType.Ecdsa, 484)]
    [InlineData("ecdsa_secp256k1_sha256_test.json", KeyType.Secp256k1, 476)]
    [InlineData("rsa_signature_2048_sha256_test.json", KeyType.Rsa, 259)]
    public void Every_signature_is_judged_as_the_set_says(string file, KeyType type, int count)
    {
        using var set = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "vectors", "wycheproof", file)));
        var wrong = new List<string>();
        var seen = 0;
        foreach (var group in set.RootElement.GetProperty("testGroups").EnumerateArray())
        {
            var key = ReadKey(type, group);
            foreach (var test in group.GetProperty("tests").EnumerateArray())
            {
                seen++;
                var verified = key.Verify(Bytes(test, "msg"), Bytes(test, "sig"));
                if (verified != (test.GetProperty("result").GetString() == "valid"))
                    wrong.Add($"{test.GetProperty("tcId")}: {test.GetProperty("comment")}, {test.GetProperty("result")} but {verified}");
            }
        }
        Assert.Empty(wrong);
        Assert.Equal(count, seen);
    }

    static PublicKey ReadKey(KeyType type, JsonElement group)
    {
        var data = type == KeyType.Secp256k1
            ? WeierstrassCurve.Compress(Bytes(group.GetProperty("publicKey"), "uncompressed"))
            : Bytes(group, "publicKeyDer");
        Assert.True(PublicKey.TryCreate(type, data, out var key, out var error), error);
        return key;
    }

    static byte[] Bytes(JsonElement element, string name) => Convert.FromHexString(element.GetProperty(name).GetString()!);
}
