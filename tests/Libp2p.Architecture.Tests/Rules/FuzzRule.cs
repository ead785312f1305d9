using System.Text.RegularExpressions;
using Libp2p.Architecture.Tests.Sources;

namespace Libp2p.Architecture.Tests.Rules;

/// <summary>Every codec has a fuzz target: it is named by the code of the fuzz tests' targets.</summary>
internal static partial class FuzzRule
{
    public static IEnumerable<string> Violations(IEnumerable<SourceFile> source, IEnumerable<SourceFile> tests)
    {
        var targets = tests.Where(t => t.Path.StartsWith("tests/Libp2p.Fuzz.Tests/Targets/", StringComparison.Ordinal)).ToList();
        return
            from file in source
            where Codec().IsMatch(file.Name)
            from type in file.Types.Distinct(StringComparer.Ordinal)
            where type.EndsWith("Codec", StringComparison.Ordinal) && !targets.Any(t => Regex.IsMatch(t.Code, $@"\b{type}\b"))
            select $"{file.Path}: {type} has no fuzz target";
    }

    [GeneratedRegex(@"Codecs?(?:\.\w+)?\.cs$")]
    private static partial Regex Codec();
}
