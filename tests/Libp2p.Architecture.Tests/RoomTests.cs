using Libp2p.Architecture.Tests.Rules;
using Libp2p.Architecture.Tests.Sources;

namespace Libp2p.Architecture.Tests;

public sealed class RoomTests
{
    private static readonly SourceFile[] House =
    [
        new("src/Libp2p/Swarm/Dialer.cs", "namespace Libp2p.Swarm; class Dialer;"),
        new("src/Libp2p/Transports/Tcp/TcpTransport.cs", "namespace Libp2p.Transports.Tcp; class TcpTransport;"),
        new("src/Libp2p/Transports/Memory/MemoryTransport.cs", "namespace Libp2p.Transports.Memory; class MemoryTransport;"),
        new("src/Libp2p/Negotiation/MultistreamSelect.cs", "namespace Libp2p.Negotiation; class MultistreamSelect;"),
        new("src/Libp2p/Protocols/Ping/PingService.cs", "namespace Libp2p.Protocols.Ping; class PingService;"),
        new("src/Libp2p/Protocols/Deadline.cs", "namespace Libp2p.Protocols; class Deadline;"),
        new("src/Libp2p/NodeBuilder.cs", "using Libp2p.Swarm; using Libp2p.Transports.Tcp; namespace Libp2p; class NodeBuilder;"),
    ];

    [Fact]
    public void Rooms_see_only_whom_they_may() => Report.None(RoomRule.Violations(Repository.Source));

    [Theory]
    [InlineData("Swarm/A.cs", "using Libp2p.Transports.Tcp;", "Swarm must not see Transports.Tcp")]
    [InlineData("Protocols/Identify/A.cs", "using Libp2p.Protocols.Ping;", "Protocols.Identify must not see Protocols.Ping")]
    [InlineData("Protocols/Identify/A.cs", "using Libp2p.Swarm;", "Protocols.Identify must not see Swarm")]
    [InlineData("Protocols/Identify/A.cs", "class A { Libp2p.Swarm.Dialer? d; }", "Protocols.Identify must not see Swarm")]
    [InlineData("Protocols/Identify/A.cs", "class A { Swarm.Dialer? d; }", "Protocols.Identify must not see Swarm")]
    [InlineData("Protocols/Identify/A.cs", "class A { NodeBuilder? b; }", "NodeBuilder, which is of the composition root")]
    [InlineData("Transports/Memory/A.cs", "using static Libp2p.Transports.Tcp.TcpTransport;", "Transports.Memory must not see Transports.Tcp")]
    [InlineData("Security/Noise/A.cs", "using Select = Libp2p.Negotiation.MultistreamSelect;", "Security.Noise must not see Negotiation")]
    [InlineData("NodeOptions.cs", "using Libp2p.Transports.Tcp;", "NodeOptions.cs must not see Transports.Tcp")]
    public void What_is_forbidden_is_seen(string path, string code, string violation) =>
        Assert.Contains(RoomRule.Violations([.. House, new("src/Libp2p/" + path, code)]), v => v.Contains(violation, StringComparison.Ordinal));

    [Theory]
    [InlineData("Swarm/A.cs", "using Libp2p.Negotiation;")]
    [InlineData("Protocols/Ping/A.cs", "namespace Libp2p.Protocols.Ping; class A { Deadline? d; PingService? s; }")]
    [InlineData("Protocols/Identify/A.cs", "// Libp2p.Swarm.Dialer\nclass A { string s = \"Libp2p.Swarm\"; int Count => node.Protocols.Count + Protocols.Count; }")]
    public void What_is_allowed_is_not_reported(string path, string code) =>
        Assert.Empty(RoomRule.Violations([.. House, new("src/Libp2p/" + path, code)]));
}
