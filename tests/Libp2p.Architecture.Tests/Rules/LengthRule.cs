using Libp2p.Architecture.Tests.Sources;

namespace Libp2p.Architecture.Tests.Rules;

/// <summary>No source file is longer than a reader can hold.</summary>
internal static class LengthRule
{
    public const int MaxLines = 500;

    public static IEnumerable<string> Violations(IEnumerable<SourceFile> files) =>
        from file in files
        where file.Lines > MaxLines
        select $"{file.Path}: {file.Lines} lines, at most {MaxLines}: split it by purpose";
}
