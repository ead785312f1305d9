using Libp2p.Muxers.Yamux;
using Libp2p.Testing.Muxers;

namespace Libp2p.Tests.Muxers.Yamux;

public sealed class YamuxConformanceTests : MuxerConformanceTests
{
    protected override IMuxerProtocol Create(TimeProvider? time = null) => new YamuxMuxer(time: time);
}
