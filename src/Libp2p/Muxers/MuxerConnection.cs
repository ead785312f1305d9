using System.Buffers;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Libp2p.Muxers;

/// <summary>
/// A muxer's session over one link: the object that owns the lock over the machine, and the two loops. What all muxers do alike
/// is here; what the frames mean is the derived class's. The read loop is in <c>MuxerConnection.Read.cs</c>, the write pump in
/// <c>MuxerConnection.Write.cs</c>, the end in <c>MuxerConnection.Close.cs</c>.
/// </summary>
internal abstract partial class MuxerConnection : IMuxer
{
    private readonly MuxerBounds _bounds;
    private readonly Channel<MuxerStream> _accepted;
    private readonly ITimer _timer;
    private readonly long _began;
    private long _buffered;

    /// <summary>Creates it; <see cref="Start"/> is the last thing that the derived constructor does.</summary>
    protected MuxerConnection(SecureLink link, in MuxerBounds bounds, TimeProvider time, ILogger logger)
    {
        Link = link;
        _bounds = bounds;
        Time = time;
        Logger = logger;
        _began = time.GetTimestamp();
        _accepted = Channel.CreateBounded<MuxerStream>(new BoundedChannelOptions(bounds.MaxUnaccepted) { SingleWriter = true });
        _timer = time.CreateTimer(static self => ((MuxerConnection)self!).CheckLiveness(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public MemoryPool<byte> Pool => Link.Pool;

    public abstract int StreamCount { get; }

    public abstract TimeSpan? RoundTripTime { get; }

    /// <summary>What is locked around every use of the machine.</summary>
    protected Lock Gate { get; } = new();

    protected SecureLink Link { get; }

    protected TimeProvider Time { get; }

    protected ILogger Logger { get; }

    /// <summary>Monotonic, from the session's start.</summary>
    protected TimeSpan Now => Time.GetElapsedTime(_began);

    public abstract ValueTask<MuxedStream> OpenAsync(CancellationToken cancellationToken);

    public async ValueTask<MuxedStream?> AcceptAsync(CancellationToken cancellationToken)
    {
        while (await _accepted.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (!_accepted.Reader.TryRead(out var stream))
                continue;
            OnAccepted(stream);
            return stream;
        }
        return null;
    }

    /// <summary>Counts memory that unread data holds.</summary>
    public void Charge(long bytes)
    {
        if (bytes != 0)
            Interlocked.Add(ref _buffered, bytes);
    }

    /// <summary>Starts the loops and the timer.</summary>
    protected void Start()
    {
        _timer.Change(_bounds.CheckInterval, _bounds.CheckInterval);
        // Whoever attaches the muxer must not read for a peer that never stops sending; nor belongs anything of the caller's context to it.
        ThreadPool.UnsafeQueueUserWorkItem(static self => _ = self.ReadLoopAsync(), this, preferLocal: false);
        _ = PumpLoopAsync();
    }

    /// <summary>The application here has taken a stream that the other side opened.</summary>
    protected abstract void OnAccepted(MuxerStream stream);

    /// <summary>Offers a stream that the other side opened to whoever accepts.</summary>
    protected void Offer(MuxerStream stream)
    {
        if (!_accepted.Writer.TryWrite(stream))
            stream.Reset();
    }
}
