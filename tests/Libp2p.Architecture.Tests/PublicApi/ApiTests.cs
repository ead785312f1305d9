using System.Reflection;
using Libp2p.Architecture.Tests.Sources;

namespace Libp2p.Architecture.Tests.PublicApi;

/// <summary>The public API is what the texts beside this file say: a change to it is a change to them, made on purpose.</summary>
public sealed class ApiTests
{
    private const string Update = "TINCAN_UPDATE";

    public static TheoryData<string> Assemblies => ["Libp2p.Core", "Libp2p", "Libp2p.Hosting", "Libp2p.Sqlite"];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void The_api_is_the_checked_in_one(string assembly)
    {
        var path = Path.Combine(Repository.Root, "tests", "Libp2p.Architecture.Tests", "PublicApi", assembly + ".txt");
        var actual = ApiPrinter.Print(Assembly.Load(assembly));
        if (Environment.GetEnvironmentVariable(Update) == "1")
        {
            File.WriteAllText(path, string.Join('\n', actual) + "\n");
            return;
        }
        var expected = File.Exists(path) ? File.ReadAllLines(path) : [];
        var difference = Difference(expected, actual);
        Assert.True(difference.Count == 0, $"""
            The public API of {assembly} is not what {Path.GetFileName(path)} says:
            {string.Join('\n', difference)}
            Where that is meant, say so in CHANGELOG.md and rewrite the text:
              {Update}=1 dotnet run --project tests/Libp2p.Architecture.Tests -- -class {GetType().FullName}
            """);
    }

    [Fact]
    public void A_change_is_seen() => Assert.Equal(["- b", "+ c"], Difference(["a", "b"], ["a", "c"]));

    [Fact]
    public void Members_are_printed_with_all_that_a_caller_sees()
    {
        var lines = ApiPrinter.Print([typeof(Sample), typeof(Sample.Kind), typeof(Sample.Handler)]);
        string[] expected =
        [
            "Sample : abstract class <- IDisposable",
            "Sample.Count -> int static readonly",
            "Sample.Dispose() -> void",
            "Sample.Find<T : class>(string? name, in int position, out List<string?> found, int limit = 5) -> T? virtual",
            "Sample.Handler : delegate (string? text) -> Task",
            "Sample.Kind : enum byte",
            "Sample.Kind.One = 1",
            "Sample.Name { get; init; } -> string required",
            "Sample.Reset() -> void protected abstract",
            "Sample.ToString() -> string override",
            "Sample.Unit = \"ms\"",
            "Sample.new()",
        ];
        Assert.Equal(expected, lines.Select(l => l.Replace("Libp2p.Architecture.Tests.PublicApi.", "", StringComparison.Ordinal).Replace("ApiTests.", "", StringComparison.Ordinal)));
    }

    private static List<string> Difference(IEnumerable<string> expected, IEnumerable<string> actual) =>
        [.. expected.Except(actual, StringComparer.Ordinal).Select(l => "- " + l), .. actual.Except(expected, StringComparer.Ordinal).Select(l => "+ " + l)];

    public abstract class Sample : IDisposable
    {
        public const string Unit = "ms";
        public static readonly int Count = 1;
        private protected int hidden;

        protected Sample() => hidden = Count;

        public delegate Task Handler(string? text);

        public enum Kind : byte
        {
            One = 1,
        }

        public required string Name { get; init; }

        public virtual T? Find<T>(string? name, in int position, out List<string?> found, int limit = 5)
            where T : class
        {
            found = [];
            return null;
        }

        public void Dispose() => GC.SuppressFinalize(this);

        public override string ToString() => Name + hidden;

        protected abstract void Reset();

        internal void Inner() => hidden++;
    }
}
