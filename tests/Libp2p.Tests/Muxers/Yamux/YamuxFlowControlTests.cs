using Libp2p.Muxers.Yamux;
using Libp2p.Testing.Muxers;

namespace Libp2p.Tests.Muxers.Yamux;

public sealed class YamuxFlowControlTests : FlowControlConformanceTests
{
    protected override IMuxerProtocol Create() => new YamuxMuxer();
}
