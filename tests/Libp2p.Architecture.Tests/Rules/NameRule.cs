using Libp2p.Architecture.Tests.Sources;

namespace Libp2p.Architecture.Tests.Rules;

/// <summary>A type is named by what it is, not by having to do with it.</summary>
internal static class NameRule
{
    private static readonly string[] Endings = ["Manager", "Helper", "Helpers", "Util", "Utils", "Utility", "Utilities", "Base"];

    public static IEnumerable<string> Violations(IEnumerable<SourceFile> files) =>
        from file in files
        from type in file.Types
        let ending = Array.Find(Endings, e => type.EndsWith(e, StringComparison.Ordinal))
        where ending is not null
        select $"{file.Path}: {type} ends in {ending}: say what it is";
}
