using Libp2p.Security.Plaintext;
using Libp2p.Testing.Security;

namespace Libp2p.Tests.Security.Plaintext;

public sealed class PlaintextConformanceTests : SecurityConformanceTests
{
    protected override ISecurityProtocol Create() => new PlaintextProtocol();
}
