using Libp2p.Architecture.Tests.Rules;
using Libp2p.Architecture.Tests.Sources;

namespace Libp2p.Architecture.Tests;

/// <summary>What every source file holds to; beside each rule, that it sees a breach.</summary>
public sealed class SourceTests
{
    private const string Blocks = "Event ids: TCP 100–119, Swarm\n200–239.\n\nElse 1–2";

    private static string Architecture => Repository.ReadFile("ARCHITECTURE.md").Text;

    [Fact]
    public void No_file_is_too_long() => Report.None(LengthRule.Violations(
        [.. Repository.CSharp, .. Repository.Read("*.js", "*.mjs", "*.ts").Where(f => !f.Name.EndsWith(".d.ts", StringComparison.Ordinal))]));

    [Fact]
    public void A_file_that_is_too_long_is_seen()
    {
        Assert.Single(LengthRule.Violations([new("a.cs", string.Concat(Enumerable.Repeat("x\n", 501)))]));
        Assert.Empty(LengthRule.Violations([new("a.cs", string.Concat(Enumerable.Repeat("x\n", 500)))]));
    }

    [Fact]
    public void Codecs_and_machines_are_pure() => Report.None(PurityRule.Violations(Repository.Source));

    [Theory]
    [InlineData("YamuxMachine.cs", "class A(TimeProvider t);")]
    [InlineData("YamuxMachine.Send.cs", "var t = Stopwatch.GetTimestamp();")]
    [InlineData("KeyCodec.cs", "RandomNumberGenerator.Fill(b);")]
    [InlineData("AddressTextCodecs.cs", "async ValueTask A() => await B();")]
    public void An_impure_codec_or_machine_is_seen(string name, string code) => Assert.NotEmpty(PurityRule.Violations([new("src/Libp2p/" + name, code)]));

    [Fact]
    public void A_comment_and_a_service_may_speak_of_clocks() =>
        Assert.Empty(PurityRule.Violations([new("src/KeyCodec.cs", "// TimeProvider\nstring s = \"await\";"), new("src/PingService.cs", "await Task.Delay(1);")]));

    [Fact]
    public void Namespaces_are_folders() => Report.None(NamespaceRule.Violations(Repository.CSharp));

    [Theory]
    [InlineData("src/Libp2p.Core/Node/INode.cs", "Libp2p.Node")]
    [InlineData("src/Libp2p/Swarm/Dialer.cs", "Libp2p")]
    [InlineData("tests/Libp2p.Tests/Swarm/DialerTests.cs", "Libp2p.Tests")]
    public void A_namespace_that_is_no_folder_is_seen(string path, string space) => Assert.Single(NamespaceRule.Violations([new(path, $"namespace {space};")]));

    [Fact]
    public void Names_say_what_a_type_is() => Report.None(NameRule.Violations(Repository.CSharp));

    [Fact]
    public void A_vague_name_is_seen()
    {
        Assert.Single(NameRule.Violations([new("a.cs", "public sealed class ConnectionManager { }")]));
        Assert.Single(NameRule.Violations([new("a.cs", "readonly record struct StreamBase(int A);")]));
        Assert.Empty(NameRule.Violations([new("a.cs", "static class Multibase { } // class AddressHelper")]));
    }

    [Fact]
    public void Event_ids_are_unique_and_in_their_blocks() => Report.None(EventIdRule.Violations(Repository.Source, Architecture));

    [Theory]
    [InlineData("src/Libp2p/Transports/Tcp/TcpLog.cs", "[LoggerMessage(120, L)]", "outside of 100–119")]
    [InlineData("src/Libp2p/Transports/Tcp/TcpLog.cs", "[LoggerMessage(101, L)] [LoggerMessage(101, L)]", "is taken by")]
    [InlineData("src/Libp2p/Swarm/SwarmLog.cs", "[LoggerMessage(EventId = 240)]", "outside of 200–239")]
    [InlineData("src/Libp2p/Swarm/ElseLog.cs", "[LoggerMessage(1, L)]", "no block")]
    [InlineData("src/Libp2p/Swarm/Dialer.cs", "[LoggerMessage(201, L)]", "declared in *Log files")]
    public void A_wrong_event_id_is_seen(string path, string code, string violation) =>
        Assert.Contains(EventIdRule.Violations([new(path, code)], Blocks), v => v.Contains(violation, StringComparison.Ordinal));

    [Fact]
    public void The_project_speaks_of_itself_alone() => Report.None(WordRule.Violations(
        Repository.Read("*.cs", "*.md", "*.csproj", "*.props", "*.slnx", "*.sh", "*.js", "*.mjs", "*.proto", "*.json", "*.txt")
            .Where(f => !f.Path.StartsWith("tests/vectors/", StringComparison.Ordinal) && f.Path != "tests/Libp2p.Architecture.Tests/SourceTests.cs"
                && f.Name is not ("package-lock.json" or "WordRule.cs"))));

    [Theory]
    [InlineData("// as in /home/me/notes.md", 1)]
    [InlineData("// see issue 12", 1)]
    [InlineData("// TODO: later", 1)]
    [InlineData("throw new NotImplementedException();", 1)]
    [InlineData("Listen(\"/ip4/0.0.0.0/tcp/0\"); // tests/home/x, ~/work/y", 0)]
    public void A_word_that_does_not_belong_is_seen(string text, int count) => Assert.Equal(count, WordRule.Violations([new("a.cs", text)]).Count());

    [Fact]
    public void Assemblies_reference_only_whom_they_may() => Report.None(ReferenceRule.Violations(Repository.Read("*.csproj")));

    [Fact]
    public void A_wrong_reference_is_seen()
    {
        Assert.Single(ReferenceRule.Violations([new("src/Libp2p.Core/Libp2p.Core.csproj", "<ProjectReference Include=\"../Libp2p/Libp2p.csproj\" />")]));
        Assert.Single(ReferenceRule.Violations([new("src/Libp2p.New/Libp2p.New.csproj", "")]));
    }
}
