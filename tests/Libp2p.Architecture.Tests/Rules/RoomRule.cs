using System.Text.RegularExpressions;
using Libp2p.Architecture.Tests.Sources;

namespace Libp2p.Architecture.Tests.Rules;

/// <summary>
/// Who may see whom inside the assembly Libp2p (ARCHITECTURE.md). A room is a folder; under the folders that hold rooms of
/// one kind, each subfolder is one. Every room sees the contracts, which are another assembly.
/// </summary>
internal static partial class RoomRule
{
    private const string Prefix = "src/Libp2p/";

    private static readonly string[] Kinds = ["Transports", "Security", "Muxers", "Protocols"];

    /// <summary>What a room sees beside itself, its parent folder, and the contracts.</summary>
    private static readonly Dictionary<string, string[]> Sights = new()
    {
        ["Swarm"] = ["Negotiation", "Diagnostics"],
        ["NodeOptions.cs"] = ["Swarm"],
        ["PingNodeExtensions.cs"] = ["Protocols.Ping"],
    };

    /// <summary>The composition root: these files see every room.</summary>
    private static bool SeesAll(SourceFile file) =>
        file.Folder == "src/Libp2p" && (file.Name.StartsWith("NodeBuilder", StringComparison.Ordinal) || file.Name == "Libp2pNode.cs");

    public static IEnumerable<string> Violations(IReadOnlyList<SourceFile> files)
    {
        var stack = files.Where(f => f.Path.StartsWith(Prefix, StringComparison.Ordinal)).ToList();
        var members = stack.Where(f => f.Folder != "src/Libp2p")
            .SelectMany(f => f.Types.Select(type => (Namespace: NamespaceOf(f), Type: type))).ToHashSet();
        var rooms = members.Select(m => m.Namespace).ToHashSet(StringComparer.Ordinal);
        var rootTypes = stack.Where(f => f.Folder == "src/Libp2p").SelectMany(f => f.Types).Distinct(StringComparer.Ordinal).ToList();
        foreach (var file in stack.Where(f => !SeesAll(f)))
        {
            var own = Room(file);
            foreach (var (target, line) in References(file, rooms, members))
            {
                if (!IsVisible(own, target))
                    yield return $"{file.Path}({line}): {own} must not see {target}";
            }
            foreach (var type in rootTypes.Where(_ => file.Folder != "src/Libp2p"))
            {
                if (Regex.Match(file.Code, $@"(?<![\w.]){type}\b") is { Success: true } match)
                    yield return $"{file.Path}({file.LineOf(match.Index)}): {own} must not see {type}, which is of the composition root";
            }
        }
    }

    private static bool IsVisible(string own, string target) =>
        target == own
        || (own.Contains('.') && own.StartsWith(target + ".", StringComparison.Ordinal))
        || (Sights.TryGetValue(own, out var sights) && sights.Contains(target, StringComparer.Ordinal));

    private static string NamespaceOf(SourceFile file) => file.Folder[Prefix.Length..].Replace('/', '.');

    private static string Room(SourceFile file) => file.Folder == "src/Libp2p" ? file.Name : RoomOf(NamespaceOf(file));

    private static string RoomOf(string space)
    {
        var parts = space.Split('.');
        return Kinds.Contains(parts[0], StringComparer.Ordinal) && parts.Length > 1 ? $"{parts[0]}.{parts[1]}" : parts[0];
    }

    /// <summary>The rooms that a file names: by a using, in full, or from its own namespace outwards (<c>Swarm.Dialer</c>).</summary>
    private static IEnumerable<(string Room, int Line)> References(SourceFile file, HashSet<string> rooms, HashSet<(string, string)> members)
    {
        foreach (Match match in QualifiedName().Matches(file.Code))
        {
            var name = match.Groups["name"].Value;
            var isFull = match.Groups["full"].Success;
            var space = LongestRoom(name, rooms);
            if (space is null || NamespaceDeclaration().IsMatch(LineAt(file.Code, match.Index)))
                continue;
            // A bare `Protocols.Count` is a property: only a name that is a room, or a type in one, is a reference.
            var rest = name.Length > space.Length ? name[(space.Length + 1)..].Split('.')[0] : "";
            if (isFull || space.Contains('.') || members.Contains((space, rest)))
                yield return (RoomOf(space), file.LineOf(match.Index));
        }
    }

    private static string? LongestRoom(string name, HashSet<string> rooms)
    {
        for (; ; name = name[..name.LastIndexOf('.')])
        {
            if (rooms.Contains(name))
                return name;
            if (!name.Contains('.'))
                return null;
        }
    }

    private static string LineAt(string code, int index)
    {
        var start = code.LastIndexOf('\n', index) + 1;
        var end = code.IndexOf('\n', index);
        return code[start..(end < 0 ? code.Length : end)];
    }

    [GeneratedRegex(@"(?<![\w.])(?<full>(?:global::)?Libp2p\.)?(?<name>[A-Z]\w*(?:\.[A-Z]\w*)*)")]
    private static partial Regex QualifiedName();

    [GeneratedRegex(@"^\s*namespace\s")]
    private static partial Regex NamespaceDeclaration();
}
