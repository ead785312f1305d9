using Libp2p.Testing;
using Libp2p.Transports.WebSocket;

namespace Libp2p.Tests.Transports.WebSocket;

/// <summary>What is told of a TLS that is no more.</summary>
public sealed class TlsLinkTests
{
    [Fact]
    public async Task A_link_that_is_cut_after_the_handshake_is_closed()
    {
        await using var links = new LinkPair();
        var accepting = TlsLinks.AcceptAsync(links.Listener).AsTask();
        await using var dialed = await TlsLinks.DialAsync(links.Dialer).AsTask().WaitAsync(PipeTransfer.Alive);
        await using TlsLink accepted = await accepting.WaitAsync(PipeTransfer.Alive);
        // In the middle of a record.
        await links.Dialer.Output.WriteAsync(new byte[] { 23, 3, 3, 0, 100, 1 });
        await links.Dialer.Output.CompleteAsync();
        var failure = await Assert.ThrowsAsync<Libp2pException>(() => accepted.Input.ReadAsync().AsTask().WaitAsync(PipeTransfer.Alive));
        Assert.Equal(Libp2pError.ConnectionClosed, failure.Error);
    }

    [Fact]
    public async Task A_link_that_is_cut_within_the_handshake_has_failed_it()
    {
        await using var links = new LinkPair();
        var accepting = TlsLinks.AcceptAsync(links.Listener).AsTask();
        await links.Dialer.Output.CompleteAsync();
        var failure = await Assert.ThrowsAsync<Libp2pException>(() => accepting.WaitAsync(PipeTransfer.Alive));
        Assert.Equal(Libp2pError.HandshakeFailed, failure.Error);
    }
}
