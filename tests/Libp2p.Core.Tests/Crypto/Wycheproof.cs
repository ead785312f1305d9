using System.Text.Json;

namespace Libp2p.Tests.Crypto;

/// <summary>Reads the Wycheproof vectors that lie beside the test program.</summary>
static class Wycheproof
{
    public static JsonDocument Read(string file) =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "vectors", "wycheproof", file)));

    /// <summary>Every test with the group that it belongs to.</summary>
    public static IEnumerable<(JsonElement Group, JsonElement Test)> Tests(this JsonDocument document) =>
        from @group in document.RootElement.GetProperty("testGroups").EnumerateArray()
        from test in @group.GetProperty("tests").EnumerateArray()
        select (@group, test);

    public static byte[] Hex(this JsonElement element, string property) => Convert.FromHexString(element.GetProperty(property).GetString()!);

    public static int Number(this JsonElement element, string property) => element.GetProperty(property).GetInt32();

    public static string Text(this JsonElement element, string property) => element.GetProperty(property).GetString()!;

    public static bool HasFlag(this JsonElement test, string flag) =>
        test.GetProperty("flags").EnumerateArray().Any(element => element.GetString() == flag);
}
