namespace Libp2p.Tests.Support;

/// <summary>The standards' test vectors, which are copied beside the test program.</summary>
static class Vectors
{
    public static string[] Lines(string path) => File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "vectors", path));

    /// <summary>The rows below the heading, their cells without quotes and white space.</summary>
    public static IEnumerable<string[]> Rows(string path) =>
        Lines(path).Skip(1).Where(line => line.Length > 0).Select(line => line.Split(',').Select(cell => cell.Trim().Trim('"')).ToArray());
}
