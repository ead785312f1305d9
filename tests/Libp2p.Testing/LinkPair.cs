using System.Buffers;
using System.IO.Pipelines;

namespace Libp2p.Testing;

/// <summary>
/// Two links that are each other's other side, in memory. Flow control is real: a writer waits once the bytes that nobody has
/// read reach the threshold. Aborting one end fails the other as a reset by the network would.
/// </summary>
public sealed class LinkPair : IAsyncDisposable
{
    private readonly LinkEnd _dialer;
    private readonly LinkEnd _listener;

    /// <summary>Creates it.</summary>
    /// <param name="pool">Where both ends' bytes come from; null for a pool of the pair's own.</param>
    /// <param name="pauseThreshold">Unread bytes at which a flush waits.</param>
    public LinkPair(MemoryPool<byte>? pool = null, int pauseThreshold = 1024 * 1024)
    {
        pool ??= new BufferPool();
        var options = new PipeOptions(
            pool, PipeScheduler.ThreadPool, PipeScheduler.ThreadPool, pauseThreshold, pauseThreshold / 2, minimumSegmentSize: 4096, useSynchronizationContext: false);
        var toListener = new Pipe(options);
        var toDialer = new Pipe(options);
        _dialer = new LinkEnd(toDialer.Reader, toListener.Writer, "/memory/1", "/memory/2", pool);
        _listener = new LinkEnd(toListener.Reader, toDialer.Writer, "/memory/2", "/memory/1", pool);
        _dialer.Join(_listener);
    }

    /// <summary>The end of the side that dialled.</summary>
    public Link Dialer => _dialer;

    /// <summary>The end of the side that was dialled.</summary>
    public Link Listener => _listener;

    /// <summary>Disposes both ends.</summary>
    public async ValueTask DisposeAsync()
    {
        await _dialer.DisposeAsync().ConfigureAwait(false);
        await _listener.DisposeAsync().ConfigureAwait(false);
    }
}
