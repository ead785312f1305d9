using Libp2p.Security.Secio;
using Libp2p.Testing.Security;

namespace Libp2p.Tests.Security.Secio;

public sealed class SecioConformanceTests : SecurityConformanceTests
{
    protected override ISecurityProtocol Create() => new SecioProtocol();
}
