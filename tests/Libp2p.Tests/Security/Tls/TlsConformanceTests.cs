using Libp2p.Security.Tls;
using Libp2p.Testing.Security;

namespace Libp2p.Tests.Security.Tls;

public sealed class TlsConformanceTests : SecurityConformanceTests
{
    protected override ISecurityProtocol Create() => new TlsProtocol();
}
