using System.Buffers;
using System.IO.Pipelines;

namespace Libp2p.Testing.Simulation;

/// <summary>A link that counts flushes, bytes and, joined with its other end by a <see cref="RoundTripMeter"/>, round trips.</summary>
public sealed class CountingLink : Link
{
    private readonly Link _inner;
    private readonly Journal _sent = new();
    private readonly TaskCompletionSource<Journal> _received = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _trips;
    private int _flushes;
    private long _flushedBytes;
    private long _bytesRead;

    /// <summary>Wraps a link.</summary>
    /// <param name="inner">The link, which belongs to this one afterwards.</param>
    /// <param name="trips">One-way trips that it took to connect.</param>
    public CountingLink(Link inner, int trips = 0)
    {
        _inner = inner;
        _trips = trips;
        Input = new Reader(this);
        Output = new Writer(this);
    }

    /// <summary>Round trips from the beginning of the dial to the last byte that this end has read; halves are one-way trips.</summary>
    public double RoundTrips => Volatile.Read(ref _trips) / 2.0;

    /// <summary>Flushes of this end that sent something.</summary>
    public int Flushes => Volatile.Read(ref _flushes);

    /// <summary>Bytes that this end has flushed.</summary>
    public long FlushedBytes => Interlocked.Read(ref _flushedBytes);

    /// <inheritdoc/>
    public override PipeReader Input { get; }

    /// <inheritdoc/>
    public override PipeWriter Output { get; }

    /// <inheritdoc/>
    public override Multiaddress LocalAddress => _inner.LocalAddress;

    /// <inheritdoc/>
    public override Multiaddress RemoteAddress => _inner.RemoteAddress;

    /// <inheritdoc/>
    public override MemoryPool<byte> Pool => _inner.Pool;

    /// <summary>Makes two counting links each other's other side.</summary>
    public void Join(CountingLink other)
    {
        _received.TrySetResult(other._sent);
        other._received.TrySetResult(_sent);
    }

    /// <inheritdoc/>
    public override void Abort(Exception? reason = null) => _inner.Abort(reason);

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => _inner.DisposeAsync();

    private void NoteFlush(long bytes)
    {
        if (bytes == 0)
            return;
        Interlocked.Increment(ref _flushes);
        var begin = Interlocked.Add(ref _flushedBytes, bytes) - bytes;
        _sent.Add(begin, Volatile.Read(ref _trips) + 1);
    }

    private void NoteRead(ReadOnlySequence<byte> buffer)
    {
        // Bytes are here, so the other end exists; it may not be joined yet only within the same instant.
        if (buffer.IsEmpty || !_received.Task.IsCompleted)
            return;
        var arrival = _received.Task.Result.TakeUntil(_bytesRead + buffer.Length);
        int trips;
        while ((trips = Volatile.Read(ref _trips)) < arrival)
            Interlocked.CompareExchange(ref _trips, arrival, trips);
    }

    /// <summary>What was flushed in one direction: where each flush begins and how many trips it has behind it on arrival.</summary>
    private sealed class Journal
    {
        private readonly Queue<(long Begin, int Trips)> _flushes = new();
        private int _last;

        public void Add(long begin, int trips)
        {
            lock (_flushes)
                _flushes.Enqueue((begin, trips));
        }

        public int TakeUntil(long position)
        {
            lock (_flushes)
            {
                while (_flushes.TryPeek(out var flush) && flush.Begin < position)
                    _last = Math.Max(_last, _flushes.Dequeue().Trips);
                return _last;
            }
        }
    }

    private sealed class Reader(CountingLink link) : PipeReader
    {
        private ReadOnlySequence<byte> _given;

        public override bool TryRead(out ReadResult result)
        {
            if (!link._inner.Input.TryRead(out result))
                return false;
            _given = result.Buffer;
            link.NoteRead(_given);
            return true;
        }

        public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            var result = await link._inner.Input.ReadAsync(cancellationToken).ConfigureAwait(false);
            _given = result.Buffer;
            if (!_given.IsEmpty)
                await link._received.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            link.NoteRead(_given);
            return result;
        }

        public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
            link._bytesRead += _given.Slice(_given.Start, consumed).Length;
            _given = default;
            link._inner.Input.AdvanceTo(consumed, examined);
        }

        public override void CancelPendingRead() => link._inner.Input.CancelPendingRead();

        public override void Complete(Exception? exception = null) => link._inner.Input.Complete(exception);
    }

    private sealed class Writer(CountingLink link) : PipeWriter
    {
        public override bool CanGetUnflushedBytes => true;

        public override long UnflushedBytes => link._inner.Output.UnflushedBytes;

        public override Memory<byte> GetMemory(int sizeHint = 0) => link._inner.Output.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => link._inner.Output.GetSpan(sizeHint);

        public override void Advance(int bytes) => link._inner.Output.Advance(bytes);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
        {
            link.NoteFlush(link._inner.Output.UnflushedBytes);
            return link._inner.Output.FlushAsync(cancellationToken);
        }

        public override void CancelPendingFlush() => link._inner.Output.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => link._inner.Output.Complete(exception);
    }
}
