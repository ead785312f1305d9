namespace Libp2p;

/// <summary>
/// An authenticated, multiplexed connection to a peer. Transports make it; the swarm alone owns it.
/// Users hold its <see cref="Info"/> and its streams.
/// </summary>
public abstract class PeerConnection : IMuxer
{
    private long _streamsEver;

    /// <summary>Its facts.</summary>
    public abstract ConnectionInfo Info { get; }

    /// <inheritdoc/>
    public abstract ValueTask<MuxedStream> OpenAsync(CancellationToken cancellationToken);

    /// <inheritdoc/>
    public abstract ValueTask<MuxedStream?> AcceptAsync(CancellationToken cancellationToken);

    /// <inheritdoc/>
    public abstract void Abort(CloseReason reason);

    /// <inheritdoc/>
    public virtual ValueTask CloseAsync(CloseReason reason) => DisposeAsync();

    /// <inheritdoc/>
    public abstract Task<CloseReason> Closed { get; }

    /// <inheritdoc/>
    public abstract int StreamCount { get; }

    /// <inheritdoc/>
    public abstract TimeSpan? RoundTripTime { get; }

    /// <summary>Bytes that have arrived since the start, as the link carried them; null where it does not count.</summary>
    public virtual long? BytesReceived => null;

    /// <summary>Bytes that have left since the start, as the link carried them; null where it does not count.</summary>
    public virtual long? BytesSent => null;

    /// <summary>Streams that were ever opened, either way, as <see cref="CountStream"/> was told.</summary>
    internal long StreamsEver => Volatile.Read(ref _streamsEver);

    /// <summary>Counts a stream that is opened.</summary>
    internal void CountStream() => Interlocked.Increment(ref _streamsEver);

    /// <summary>Says goodbye, ends in good order, and frees everything.</summary>
    public abstract ValueTask DisposeAsync();
}
