namespace Libp2p;

/// <summary>Many streams over one connection.</summary>
public interface IMuxer : IAsyncDisposable
{
    /// <summary>Opens a stream. It waits while too many of ours are not yet acknowledged.</summary>
    /// <exception cref="Libp2pException">The connection ended, or the other side takes no more streams.</exception>
    ValueTask<MuxedStream> OpenAsync(CancellationToken cancellationToken);

    /// <summary>Takes the next stream that the other side opened; null once the connection has ended.</summary>
    ValueTask<MuxedStream?> AcceptAsync(CancellationToken cancellationToken);

    /// <summary>Ends everything at once: all streams are reset. May be called at any time, more than once; the first reason stays.</summary>
    void Abort(CloseReason reason);

    /// <summary>Says goodbye and ends in good order, as disposing does, for a reason of this side's own. The first reason stays.</summary>
    /// <remarks>A muxer that does not implement it ends with <see cref="CloseReason.LocalClose"/>.</remarks>
    ValueTask CloseAsync(CloseReason reason) => DisposeAsync();

    /// <summary>Completes, never fails, when the connection has ended, with the reason.</summary>
    Task<CloseReason> Closed { get; }

    /// <summary>Streams that are open at this moment, both ways.</summary>
    int StreamCount { get; }

    /// <summary>The last measured round trip, once there is one.</summary>
    TimeSpan? RoundTripTime { get; }
}
