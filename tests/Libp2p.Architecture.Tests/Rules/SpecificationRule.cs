using System.Text.RegularExpressions;
using Libp2p.Architecture.Tests.Sources;

namespace Libp2p.Architecture.Tests.Rules;

/// <summary>Every protocol's room has its row in docs/specs.md, and what the rows name exists.</summary>
internal static partial class SpecificationRule
{
    public static IEnumerable<string> Violations(IEnumerable<SourceFile> source, string specifications, Func<string, bool> exists)
    {
        var rows = specifications.Split('\n').Where(l => l.StartsWith('|')).ToList();
        var rooms = source.Select(f => Room().Match(f.Path)).Where(m => m.Success).Select(m => m.Groups[1].Value).Distinct(StringComparer.Ordinal);
        foreach (var room in rooms)
        {
            if (!rows.Any(r => r.Contains($"`{room}`", StringComparison.Ordinal)))
                yield return $"docs/specs.md has no row for `{room}`";
        }
        foreach (var path in rows.SelectMany(r => RepositoryPath().Matches(r)).Select(m => m.Groups[1].Value).Distinct(StringComparer.Ordinal))
        {
            if (!exists(path))
                yield return $"docs/specs.md names {path}, which does not exist";
        }
    }

    [GeneratedRegex(@"^(src/Libp2p/(?:Negotiation|(?:Protocols|Security|Muxers|Transports)/\w+))/")]
    private static partial Regex Room();

    [GeneratedRegex(@"`((?:src|tests|interop)/[^`]+)`")]
    private static partial Regex RepositoryPath();
}
