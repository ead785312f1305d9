using System.Buffers;
using System.IO.Pipelines;

namespace Libp2p.Testing;

/// <summary>Moves bytes from one link to another, as they are or otherwise; ends when it returns.</summary>
/// <param name="from">Where bytes come from.</param>
/// <param name="to">Where they go.</param>
public delegate Task LinkPump(PipeReader from, PipeWriter to);

/// <summary>Two links with somebody in the middle who reads, cuts or changes what passes between them.</summary>
public sealed class LinkRelay : IAsyncDisposable
{
    private readonly LinkPair _near;
    private readonly LinkPair _far;
    private readonly Task _pumps;

    /// <summary>Creates it and starts both pumps.</summary>
    /// <param name="fromDialer">Moves what the dialler sends; null for all of it unchanged.</param>
    /// <param name="fromListener">Moves what the listener sends; null for all of it unchanged.</param>
    /// <param name="pool">Where bytes come from; null for a pool of its own.</param>
    public LinkRelay(LinkPump? fromDialer = null, LinkPump? fromListener = null, MemoryPool<byte>? pool = null)
    {
        _near = new LinkPair(pool);
        _far = new LinkPair(pool);
        _pumps = Task.WhenAll(
            PumpAsync(fromDialer ?? AtMost(long.MaxValue), _near.Listener.Input, _far.Dialer.Output),
            PumpAsync(fromListener ?? AtMost(long.MaxValue), _far.Dialer.Input, _near.Listener.Output));
    }

    /// <summary>The end of the side that dialled.</summary>
    public Link Dialer => _near.Dialer;

    /// <summary>The end of the side that was dialled.</summary>
    public Link Listener => _far.Listener;

    /// <summary>Lets a number of bytes pass and then ends the direction.</summary>
    /// <param name="limit">Bytes that pass.</param>
    /// <param name="passed">Told how many passed so far.</param>
    public static LinkPump AtMost(long limit, Action<long>? passed = null) => async (from, to) =>
    {
        var total = 0L;
        while (total < limit)
        {
            var read = await from.ReadAsync().ConfigureAwait(false);
            var bytes = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, limit - total));
            foreach (var segment in bytes)
                to.Write(segment.Span);
            total += bytes.Length;
            passed?.Invoke(total);
            var isEnd = read.IsCompleted && bytes.Length == read.Buffer.Length;
            from.AdvanceTo(bytes.End);
            var flush = await to.FlushAsync().ConfigureAwait(false);
            if (isEnd || flush.IsCompleted)
                break;
        }
    };

    /// <summary>Ends both sides and waits for the pumps.</summary>
    public async ValueTask DisposeAsync()
    {
        _near.Listener.Abort();
        _far.Dialer.Abort();
        await _pumps.ConfigureAwait(false);
        await _near.DisposeAsync().ConfigureAwait(false);
        await _far.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task PumpAsync(LinkPump pump, PipeReader from, PipeWriter to)
    {
        await Task.Yield();
        try
        {
            await pump(from, to).ConfigureAwait(false);
        }
        catch (Libp2pException)
        {
            // One of the two sides is gone: the direction ends, which is what the other is told below.
        }
        await to.CompleteAsync().ConfigureAwait(false);
    }
}
