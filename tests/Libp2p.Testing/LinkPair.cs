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
    public LinkPair(MemoryPool<byte>? pool = null, int pauseThreshold = 1024 * 1024)
    {
        pool ??= new BufferPool();
        (Dialer, Listener) = MemoryLink.CreatePair(
            Multiaddress.Parse("/memory/1"), Multiaddress.Parse("/memory/2"), pool, pool, new MemoryOptions { PauseThreshold = pauseThreshold });
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
