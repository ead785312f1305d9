using System.Text.RegularExpressions;
using Libp2p.Architecture.Tests.Sources;

namespace Libp2p.Architecture.Tests.Rules;

/// <summary>The project speaks of itself alone: no folder of somebody's machine, no number of a ticket elsewhere, no note of unfinished work.</summary>
internal static partial class WordRule
{
    public static IEnumerable<string> Violations(IEnumerable<SourceFile> files) =>
        from file in files
        from Match match in Banned().Matches(file.Text)
        select $"{file.Path}({file.LineOf(match.Index)}): \"{match.Value}\" does not belong in the project";

    [GeneratedRegex(@"(?<![\w./~$}-])/(?:work|home|root|Users|mnt)/\w[\w./-]*|\b[Ii]ssues? #?\d+\b|\b(?:TODO|FIXME|XXX|HACK)\b|\bNotImplementedException\b")]
    private static partial Regex Banned();
}
