namespace Libp2p.Architecture.Tests;

internal static class Report
{
    /// <summary>Fails with every violation, a line each.</summary>
    public static void None(IEnumerable<string> violations)
    {
        var all = violations.Order(StringComparer.Ordinal).ToList();
        if (all.Count > 0)
            Assert.Fail($"{all.Count} violations:\n{string.Join('\n', all)}");
    }
}
