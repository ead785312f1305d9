using Libp2p.Muxers.Mplex;
using Libp2p.Testing.Muxers;

namespace Libp2p.Tests.Muxers.Mplex;

public sealed class MplexConformanceTests : MuxerConformanceTests
{
    protected override long MostUnread => 4 * 1024 * 1024;

    protected override int ManyStreams => 128;

    protected override IMuxerProtocol Create(TimeProvider? time = null) => new MplexMuxer(time: time);
}
