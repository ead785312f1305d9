using System.Buffers;
using System.IO.Pipelines;

namespace Libp2p;

/// <summary>
/// One reliable, ordered pipe of bytes to an address; nobody is trusted yet. A transport makes it, the upgrader secures it.
/// </summary>
/// <remarks>
/// <see cref="Input"/> has one reader, <see cref="Output"/> one writer at a time. What is written leaves at the next flush:
/// a layer that needs no answer yet leaves its bytes unflushed, so that they travel with those of the next.
/// A flush that is cancelled may have sent a part: afterwards the link is of no more use.
/// </remarks>
public abstract class Link : IDuplexPipe, IAsyncDisposable
{
    /// <inheritdoc/>
    public abstract PipeReader Input { get; }

    /// <inheritdoc/>
    public abstract PipeWriter Output { get; }

    /// <summary>This side's address.</summary>
    public abstract Multiaddress LocalAddress { get; }

    /// <summary>The other side's address, as this side sees it.</summary>
    public abstract Multiaddress RemoteAddress { get; }

    /// <summary>The node's pool, for whatever is layered on this link.</summary>
    public abstract MemoryPool<byte> Pool { get; }

    /// <summary>Bytes that have arrived since the start; null where the link does not count. Read from any thread.</summary>
    public virtual long? BytesReceived => null;

    /// <summary>Bytes that have left since the start; null where the link does not count. Read from any thread.</summary>
    public virtual long? BytesSent => null;

    /// <summary>Ends both directions at once, without sending what waits. May be called at any time, from any thread, more than once.</summary>
    /// <param name="reason">What pending and later reads and writes fail with.</param>
    public abstract void Abort(Exception? reason = null);

    /// <summary>Closes in good order what is open and frees everything. What was flushed is still sent.</summary>
    public abstract ValueTask DisposeAsync();
}
