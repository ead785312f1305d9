using System.Globalization;
using System.Text.RegularExpressions;
using Libp2p.Architecture.Tests.Sources;

namespace Libp2p.Architecture.Tests.Rules;

/// <summary>Each event id names one event, and lies in the block that ARCHITECTURE.md gives the room of its <c>*Log</c> file.</summary>
internal static partial class EventIdRule
{
    public static IEnumerable<string> Violations(IEnumerable<SourceFile> files, string architecture)
    {
        var blocks = Blocks(architecture);
        var seen = new Dictionary<int, string>();
        foreach (var file in files)
        {
            foreach (Match match in Declaration().Matches(file.Code))
            {
                var id = int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
                var place = $"{file.Path}({file.LineOf(match.Index)})";
                if (!seen.TryAdd(id, place))
                    yield return $"{place}: event id {id} is taken by {seen[id]}";
                if (!file.Name.EndsWith("Log.cs", StringComparison.Ordinal))
                    yield return $"{place}: events are declared in *Log files";
                else if (!blocks.TryGetValue(file.Name[..^"Log.cs".Length], out var block))
                    yield return $"{place}: ARCHITECTURE.md gives {file.Name[..^3]} no block of event ids";
                else if (id < block.First || id > block.Last)
                    yield return $"{place}: event id {id} is outside of {block.First}–{block.Last}, the block of its room";
            }
        }
    }

    /// <summary>The blocks by room, from the line that begins with "Event ids:".</summary>
    public static Dictionary<string, (int First, int Last)> Blocks(string architecture) =>
        Block().Matches(Line().Match(architecture).Value).ToDictionary(
            m => m.Groups[1].Value,
            m => (int.Parse(m.Groups[2].ValueSpan, CultureInfo.InvariantCulture), int.Parse(m.Groups[3].ValueSpan, CultureInfo.InvariantCulture)),
            StringComparer.OrdinalIgnoreCase);

    [GeneratedRegex(@"\[LoggerMessage\(\s*(?:EventId\s*=\s*)?(\d+)")]
    private static partial Regex Declaration();

    [GeneratedRegex(@"^Event ids:[^\n]*(?:\n[^\n]+)*", RegexOptions.Multiline)]
    private static partial Regex Line();

    [GeneratedRegex(@"(\w+)\s+(\d+)–(\d+)")]
    private static partial Regex Block();
}
