using Libp2p.Architecture.Tests.Rules;
using Libp2p.Architecture.Tests.Sources;

namespace Libp2p.Architecture.Tests;

/// <summary>What must have a test, a target or a row; beside each rule, that it sees a breach.</summary>
public sealed class CoverageTests
{
    private static readonly SourceFile Transport = new("src/Libp2p/Transports/Tcp/TcpTransport.cs", "public sealed class TcpTransport : ILinkTransport { }");

    [Fact]
    public void Every_role_runs_its_conformance_suite() => Report.None(ConformanceRule.Violations(Repository.Source, Repository.Tests));

    [Fact]
    public void A_role_without_its_suite_is_seen()
    {
        SourceFile runs = new("tests/A.cs", "public sealed class A : LinkTransportConformanceTests { object Make() => new TcpTransport(); }");
        SourceFile runsAnother = new("tests/A.cs", "public sealed class A : LinkTransportConformanceTests { object Make() => new MemoryTransport(); }");
        SourceFile mentions = new("tests/A.cs", "public sealed class A { TcpTransport? t; // : LinkTransportConformanceTests }");
        Assert.Single(ConformanceRule.Violations([Transport], []));
        Assert.Single(ConformanceRule.Violations([Transport], [runsAnother, mentions]));
        Assert.Empty(ConformanceRule.Violations([Transport], [runs]));
    }

    [Fact]
    public void Every_codec_has_a_fuzz_target() => Report.None(FuzzRule.Violations([.. Repository.Source, .. Repository.Programs], Repository.Tests));

    [Fact]
    public void A_codec_without_a_fuzz_target_is_seen()
    {
        SourceFile codec = new("src/Libp2p/Protocols/Ping/PingCodec.cs", "static class PingCodec { }");
        Assert.Single(FuzzRule.Violations([codec], [new("tests/Libp2p.Tests/A.cs", "PingCodec.Read()")]));
        Assert.Empty(FuzzRule.Violations([codec], [new("tests/Libp2p.Fuzz.Tests/Targets/A.cs", "PingCodec.Read()")]));
    }

    [Fact]
    public void Every_protocol_has_its_row() => Report.None(SpecificationRule.Violations(
        Repository.Source, Repository.ReadFile("docs/specs.md").Text, path => Path.Exists(Path.Combine(Repository.Root, path))));

    [Fact]
    public void A_protocol_without_a_row_is_seen()
    {
        Assert.Single(SpecificationRule.Violations([Transport], "", _ => true));
        Assert.Empty(SpecificationRule.Violations([Transport], "| TCP | `src/Libp2p/Transports/Tcp` |", _ => true));
        Assert.Single(SpecificationRule.Violations([Transport], "| TCP | `src/Libp2p/Transports/Tcp` |", _ => false));
    }
}
