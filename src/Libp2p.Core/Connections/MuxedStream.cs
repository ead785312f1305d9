using System.IO.Pipelines;

namespace Libp2p;

/// <summary>One stream of a muxer: a duplex pipe whose two directions end on their own.</summary>
/// <remarks>
/// Completing <see cref="Output"/> without an exception ends writing (half-close) once everything flushed is sent; with an
/// exception it resets the stream. Completing <see cref="Input"/> ends reading: what still arrives is dropped.
/// A read on a reset stream throws <see cref="StreamResetException"/>.
/// </remarks>
public abstract class MuxedStream : IDuplexPipe, IAsyncDisposable
{
    /// <summary>The stream's number on its connection.</summary>
    public abstract long Id { get; }

    /// <summary>Who opened it.</summary>
    public abstract Role Role { get; }

    /// <inheritdoc/>
    public abstract PipeReader Input { get; }

    /// <inheritdoc/>
    public abstract PipeWriter Output { get; }

    /// <summary>The stream itself, once a wrapper around it has nothing left to do: whoever holds the wrapper can let it go.</summary>
    internal virtual MuxedStream Settled => this;

    /// <summary>Ends both directions at once; the other side's reads and writes fail.</summary>
    public abstract void Reset();

    /// <summary>Ends writing in good order and reading at once.</summary>
    public abstract ValueTask DisposeAsync();
}
