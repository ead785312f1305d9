using System.Text.RegularExpressions;
using Libp2p.Architecture.Tests.Sources;

namespace Libp2p.Architecture.Tests.Rules;

/// <summary>Who may reference whom between assemblies: the rest the compiler holds.</summary>
internal static partial class ReferenceRule
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Libp2p.Core"] = [],
        ["Libp2p"] = ["Libp2p.Core"],
        ["Libp2p.Sqlite"] = ["Libp2p.Core"],
        ["Libp2p.Hosting"] = ["Libp2p.Core", "Libp2p"],
    };

    public static IEnumerable<string> Violations(IEnumerable<SourceFile> projects) =>
        from project in projects
        where project.Path.StartsWith("src/", StringComparison.Ordinal)
        let name = project.Name[..^".csproj".Length]
        let allowed = Allowed.GetValueOrDefault(name)
        from violation in allowed is null
            ? [$"{project.Path}: ReferenceRule does not know what {name} may reference"]
            : Reference().Matches(project.Text).Select(m => m.Groups[1].Value).Except(allowed, StringComparer.Ordinal)
                .Select(reference => $"{project.Path}: {name} must not reference {reference}")
        select violation;

    [GeneratedRegex(@"<ProjectReference Include=""[^""]*?([\w.]+)\.csproj""")]
    private static partial Regex Reference();
}
