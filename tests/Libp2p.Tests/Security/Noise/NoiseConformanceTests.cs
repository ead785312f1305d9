using Libp2p.Security.Noise;
using Libp2p.Testing.Security;

namespace Libp2p.Tests.Security.Noise;

public sealed class NoiseConformanceTests : SecurityConformanceTests
{
    protected override ISecurityProtocol Create() => new NoiseProtocol();
}
