using System.Buffers;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Libp2p.Muxers.Yamux;

/// <summary>
/// A yamux session over one link: the object that owns the machine, its lock, and the two loops. The read loop is in
/// <c>YamuxConnection.Read.cs</c>, the write pump in <c>YamuxConnection.Write.cs</c>, the end in <c>YamuxConnection.Close.cs</c>.
/// </summary>
internal sealed partial class YamuxConnection : IMuxer
{
    private readonly SecureLink _link;
    private readonly YamuxOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly long _began;
    private readonly Lock _gate = new();
    private readonly YamuxMachine _machine;
    private readonly Channel<YamuxStream> _accepted;
    private readonly SemaphoreSlim _unacknowledged;
    private readonly ITimer _timer;
    private long _buffered;
    private long _lastReceived;

    public YamuxConnection(SecureLink link, Role role, YamuxOptions options, TimeProvider time, ILogger logger)
    {
        _link = link;
        _options = options;
        _time = time;
        _logger = logger;
        _began = time.GetTimestamp();
        _machine = new YamuxMachine(role, options);
        _unacknowledged = new SemaphoreSlim(options.MaxUnacknowledged);
        _accepted = Channel.CreateBounded<YamuxStream>(new BoundedChannelOptions(options.MaxUnacknowledged) { SingleWriter = true });
        _timer = time.CreateTimer(static self => ((YamuxConnection)self!).CheckLiveness(), this, options.KeepAlive / 3, options.KeepAlive / 3);
        _ = ReadLoopAsync();
        _ = PumpLoopAsync();
    }

    public MemoryPool<byte> Pool => _link.Pool;

    public int StreamCount
    {
        get
        {
            lock (_gate)
                return _machine.StreamCount;
        }
    }

    public TimeSpan? RoundTripTime
    {
        get
        {
            lock (_gate)
                return _machine.RoundTripTime;
        }
    }

    private TimeSpan Now => _time.GetElapsedTime(_began);

    public async ValueTask<MuxedStream> OpenAsync(CancellationToken cancellationToken)
    {
        if (!_unacknowledged.Wait(0, CancellationToken.None))
            await _unacknowledged.WaitAsync(cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            if (!_closed.Task.IsCompleted && _machine.Open() is { } state)
                return new YamuxStream(this, state);
        }
        _unacknowledged.Release();
        throw Lost();
    }

    public async ValueTask<MuxedStream?> AcceptAsync(CancellationToken cancellationToken)
    {
        while (await _accepted.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (!_accepted.Reader.TryRead(out var stream))
                continue;
            lock (_gate)
                _machine.Accept(stream.State);
            Pump();
            return stream;
        }
        return null;
    }

    /// <summary>The application flushed bytes; with none, it only wants the stream to be known to the other side.</summary>
    public void Queue(YamuxStreamState state, int bytes)
    {
        lock (_gate)
            _machine.Queue(state, bytes);
        Pump();
    }

    /// <summary>The application ended writing, after some last bytes.</summary>
    public void EndWriting(YamuxStreamState state, int bytes)
    {
        lock (_gate)
        {
            _machine.Queue(state, bytes);
            _machine.EndWriting(state);
        }
        Pump();
    }

    /// <summary>The application read bytes.</summary>
    public void Consumed(YamuxStreamState state, long bytes, long unread)
    {
        lock (_gate)
        {
            _machine.Consumed(state, bytes, unread, Now);
            if (!state.IsReady)
                return;
        }
        Pump();
    }

    /// <summary>The application reads no more. What still comes is dropped, for a while.</summary>
    public void EndReading(YamuxStreamState state, long dropped)
    {
        lock (_gate)
            _machine.EndReading(state, dropped, Now);
        Pump();
    }

    /// <summary>The application reset a stream.</summary>
    public void Reset(YamuxStreamState state)
    {
        bool unacknowledged;
        lock (_gate)
        {
            unacknowledged = YamuxMachine.Forget(state);
            _machine.Reset(state);
        }
        if (unacknowledged)
            _unacknowledged.Release();
        Pump();
    }

    /// <summary>Counts memory that unread data holds.</summary>
    public void Charge(long bytes)
    {
        if (bytes != 0)
            Interlocked.Add(ref _buffered, bytes);
    }
}
