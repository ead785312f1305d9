using Libp2p.Testing.Transports;
using Libp2p.Transports.Tcp;
using Libp2p.Transports.WebSocket;

namespace Libp2p.Tests.Transports.WebSocket;

public sealed class WebSocketLayerTests : LinkTransportConformanceTests
{
    protected override Multiaddress ListenAddress => Multiaddress.Parse("/ip4/127.0.0.1/tcp/0/ws");

    protected override ILinkTransport Create(BufferPool pool) => new LayeredTransport(new TcpTransport(pool), new WebSocketLayer());
}
