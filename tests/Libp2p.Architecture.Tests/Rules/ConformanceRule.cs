using System.Text.RegularExpressions;
using Libp2p.Architecture.Tests.Sources;

namespace Libp2p.Architecture.Tests.Rules;

/// <summary>Every transport, security protocol and muxer runs the conformance suite of its role.</summary>
internal static class ConformanceRule
{
    private static readonly (string Role, string Suite)[] Suites =
    [
        ("ILinkTransport", "LinkTransportConformanceTests"),
        ("ILinkLayer", "LinkTransportConformanceTests"),
        ("ISecurityProtocol", "SecurityConformanceTests"),
        ("IMuxerProtocol", "MuxerConformanceTests"),
    ];

    public static IEnumerable<string> Violations(IReadOnlyList<SourceFile> source, IReadOnlyList<SourceFile> tests) =>
        from role in Suites
        from file in source
        from Match match in Regex.Matches(file.Code, $@"\bclass\s+(\w+)[^{{;]*?:\s*[^{{;]*\b{role.Role}\b")
        let implementation = match.Groups[1].Value
        where !tests.Any(t => Derives(t, role.Suite) && Regex.IsMatch(t.Code, $@"\b{implementation}\b"))
        select $"{file.Path}: no test class derives from {role.Suite} for {implementation}";

    private static bool Derives(SourceFile test, string suite) => Regex.IsMatch(test.Code, $@"\bclass\s+\w+[^{{;]*?:\s*{suite}\b");
}
