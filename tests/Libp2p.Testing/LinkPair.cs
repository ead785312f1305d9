using System.Buffers;
using Libp2p.Transports.Memory;

namespace Libp2p.Testing;

/// <summary>
/// Two links that are each other's other side, in memory. Flow control is real: a writer waits once the bytes that nobody has
/// read reach the threshold. Aborting one end fails the other as a reset by the network would.
/// </summary>
public sealed class LinkPair : IAsyncDisposable
{
    /// <summary>Creates it.</summary>
    /// <param name="pool">Where both ends' bytes come from; null for a pool of the pair's own.</param>
    /// <param name="pauseThreshold">Unread bytes at which a flush waits.</param>
    /// <param name="dialer">The dialler's address; null for <c>/memory/1</c>.</param>
    /// <param name="listener">The listener's address; null for <c>/memory/2</c>.</param>
    public LinkPair(MemoryPool<byte>? pool = null, int pauseThreshold = 1024 * 1024, Multiaddress? dialer = null, Multiaddress? listener = null)
    {
        pool ??= new BufferPool();
        (Dialer, Listener) = MemoryLink.CreatePair(
            dialer ?? Multiaddress.Parse("/memory/1"), listener ?? Multiaddress.Parse("/memory/2"), pool, pool, new MemoryOptions { PauseThreshold = pauseThreshold });
    }

    /// <summary>The end of the side that dialled.</summary>
    public Link Dialer { get; }

    /// <summary>The end of the side that was dialled.</summary>
    public Link Listener { get; }

    /// <summary>Disposes both ends.</summary>
    public async ValueTask DisposeAsync()
    {
        await Dialer.DisposeAsync().ConfigureAwait(false);
        await Listener.DisposeAsync().ConfigureAwait(false);
    }
}
