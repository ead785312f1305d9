namespace Libp2p.Architecture.Tests.Sources;

/// <summary>The sources that these tests read: those of the checkout that they were built from.</summary>
internal static class Repository
{
    private static readonly string[] Skipped = ["bin", "obj", "node_modules", "artifacts", ".git", ".vs", ".idea", "BenchmarkDotNet.Artifacts"];

    private static readonly Lazy<IReadOnlyList<SourceFile>> CSharpFiles = new(() => [.. Read("*.cs")]);

    /// <summary>Where the solution is.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Every C# file.</summary>
    public static IReadOnlyList<SourceFile> CSharp => CSharpFiles.Value;

    /// <summary>C# of what is shipped.</summary>
    public static IReadOnlyList<SourceFile> Source => [.. CSharp.Where(f => f.Path.StartsWith("src/", StringComparison.Ordinal))];

    /// <summary>C# of the programs.</summary>
    public static IReadOnlyList<SourceFile> Programs => [.. CSharp.Where(f => f.Path.StartsWith("apps/", StringComparison.Ordinal))];

    /// <summary>C# of the tests.</summary>
    public static IReadOnlyList<SourceFile> Tests => [.. CSharp.Where(f => f.Path.StartsWith("tests/", StringComparison.Ordinal))];

    /// <summary>Every file whose name fits one of the patterns, in a stable order.</summary>
    public static IEnumerable<SourceFile> Read(params string[] patterns) =>
        from pattern in patterns
        from file in Walk(Root, pattern)
        let path = Path.GetRelativePath(Root, file).Replace('\\', '/')
        orderby path
        select new SourceFile(path, File.ReadAllText(file).ReplaceLineEndings("\n"));

    /// <summary>One file.</summary>
    public static SourceFile ReadFile(string path) => new(path, File.ReadAllText(Path.Combine(Root, path)).ReplaceLineEndings("\n"));

    private static IEnumerable<string> Walk(string folder, string pattern) =>
        Directory.EnumerateFiles(folder, pattern).Concat(
            Directory.EnumerateDirectories(folder)
                .Where(d => !Skipped.Contains(Path.GetFileName(d), StringComparer.Ordinal))
                .SelectMany(d => Walk(d, pattern)));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Tincan.slnx")))
                return folder.FullName;
        }
        throw new InvalidOperationException($"No Tincan.slnx above {AppContext.BaseDirectory}: run these tests from a checkout.");
    }
}
