using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace Libp2p.Muxers;

/// <summary>The application's end for reading: the connection's read loop appends, the application consumes and so makes room.</summary>
internal sealed class MuxerStreamReader : PipeReader, IValueTaskSource<ReadResult>
{
    private readonly MuxerStream _stream;
    private readonly object _gate;
    private readonly BlockQueue _queue;
    private ManualResetValueTaskSourceCore<ReadResult> _arrived;
    private CancellationTokenRegistration _cancellation;
    private ReadOnlySequence<byte> _given;
    private Exception? _failure;
    private long _examined;
    private long _charged;
    private bool _dropUnread;
    private bool _ended;
    private bool _isWaiting;
    private bool _cancelNext;
    private bool _completed;

    public MuxerStreamReader(MuxerStream stream, object gate, MemoryPool<byte> pool)
    {
        _stream = stream;
        _gate = gate;
        _queue = new BlockQueue(pool);
    }

    /// <summary>Bytes that have arrived and wait to be read.</summary>
    public long Unread
    {
        get
        {
            lock (_gate)
                return _queue.Length;
        }
    }

    /// <summary>Bytes of memory that unread data holds.</summary>
    public long Charged => Volatile.Read(ref _charged);

    public override bool TryRead(out ReadResult result)
    {
        lock (_gate)
            return TryGive(out result);
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<ReadResult>(cancellationToken);
        short token;
        lock (_gate)
        {
            try
            {
                if (TryGive(out var result))
                    return new ValueTask<ReadResult>(result);
            }
            catch (Libp2pException e)
            {
                return ValueTask.FromException<ReadResult>(e);
            }
            if (_isWaiting)
                throw new InvalidOperationException("A read is pending already: await it before the next.");
            _arrived.Reset();
            _arrived.RunContinuationsAsynchronously = true;
            _isWaiting = true;
            token = _arrived.Version;
        }
        // Whoever opened the stream and reads before writing must have told the other side that there is a stream.
        if (_stream.IsUnannounced)
            _stream.Queue(0);
        if (cancellationToken.CanBeCanceled)
            _cancellation = cancellationToken.UnsafeRegister(static (self, ct) => ((MuxerStreamReader)self!).CancelRead(ct), this);
        return new ValueTask<ReadResult>(this, token);
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        long count;
        long unread;
        lock (_gate)
        {
            var start = _given.GetOffset(_given.Start);
            count = _given.GetOffset(consumed) - start;
            var examinedBytes = _given.GetOffset(examined) - start;
            ArgumentOutOfRangeException.ThrowIfLessThan(examinedBytes, count, nameof(examined));
            _given = default;
            if (_completed)
                return;
            _queue.Consume(count);
            _examined = examinedBytes - count;
            if (_dropUnread)
                _queue.Clear();
            unread = _queue.Length;
            Recharge();
        }
        if (count > 0)
            _stream.Consumed(count, unread);
    }

    public override void CancelPendingRead()
    {
        lock (_gate)
        {
            if (_isWaiting)
                Finish(new ReadResult(Give(), isCanceled: true, _ended));
            else
                _cancelNext = true;
        }
    }

    public override void Complete(Exception? exception = null)
    {
        long dropped;
        lock (_gate)
        {
            if (_completed)
                return;
            _completed = true;
            dropped = _queue.Length;
            _queue.Clear();
            Recharge();
            if (_isWaiting)
            {
                _isWaiting = false;
                _arrived.SetException(new InvalidOperationException("The stream's reading end is completed."));
            }
        }
        _stream.EndReading(dropped);
    }

    /// <summary>Takes a piece of a frame's payload, without waking the reader yet; false where nobody reads any more, and the caller gives the window back itself.</summary>
    public bool Append(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            if (_completed || _failure is not null)
                return false;
            _queue.Append(bytes);
            Recharge();
            return true;
        }
    }

    /// <summary>The other side writes no more. A waiting read is not woken yet.</summary>
    public void End()
    {
        lock (_gate)
            _ended = true;
    }

    /// <summary>Gives a waiting read what was appended; whoever waits goes on elsewhere.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            if (HasNews)
                Finish(new ReadResult(Give(), isCanceled: false, _ended));
        }
    }

    /// <summary>Gives a waiting read what was appended; whoever waits goes on here, before this returns. Nothing may be locked.</summary>
    public void WakeHere()
    {
        ReadResult result;
        lock (_gate)
        {
            if (!HasNews)
                return;
            _isWaiting = false;
            result = new ReadResult(Give(), isCanceled: false, _ended);
            // Who goes on may wake others, who wake others: not deeper than the stack is.
            _arrived.RunContinuationsAsynchronously = !RuntimeHelpers.TryEnsureSufficientExecutionStack();
        }
        _arrived.SetResult(result);
    }

    /// <summary>The stream was reset or the connection lost. What has arrived is dropped with a reset, and still given with a loss.</summary>
    public void Fail(Exception failure, bool dropUnread)
    {
        lock (_gate)
        {
            // A reset after the connection is lost still drops what waits: whoever resets reads no more.
            if ((_failure is not null && (_dropUnread || !dropUnread)) || (_ended && !dropUnread))
                return;
            _failure ??= failure;
            _dropUnread = dropUnread;
            if (dropUnread && _given.IsEmpty)
                _queue.Clear();
            Recharge();
            if (!_isWaiting)
                return;
            if (!dropUnread && _queue.Length > _examined)
            {
                Finish(new ReadResult(Give(), isCanceled: false, _ended));
                return;
            }
            _isWaiting = false;
            _arrived.SetException(failure);
        }
    }

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token)
    {
        _cancellation.Dispose();
        _cancellation = default;
        try
        {
            return _arrived.GetResult(token);
        }
        finally
        {
            // What was waiting, and all that it holds, must not live on in a stream that is idle.
            _arrived.Reset();
        }
    }

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => _arrived.GetStatus(token);

    void IValueTaskSource<ReadResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _arrived.OnCompleted(continuation, state, token, flags);

    private bool TryGive(out ReadResult result)
    {
        if (_completed)
            throw new InvalidOperationException("The stream's reading end is completed.");
        if (_cancelNext)
        {
            _cancelNext = false;
            result = new ReadResult(Give(), isCanceled: true, _ended);
            return true;
        }
        if (_failure is not null && (_dropUnread || _queue.Length <= _examined))
            throw _failure;
        if (_queue.Length > _examined || _ended)
        {
            result = new ReadResult(Give(), isCanceled: false, _ended);
            return true;
        }
        result = default;
        return false;
    }

    private bool HasNews => _isWaiting && (_queue.Length > _examined || _ended);

    private ReadOnlySequence<byte> Give() => _given = _queue.Bytes;

    private void Finish(ReadResult result)
    {
        _isWaiting = false;
        _arrived.SetResult(result);
    }

    private void CancelRead(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!_isWaiting)
                return;
            _isWaiting = false;
            _arrived.SetException(new OperationCanceledException(cancellationToken));
        }
    }

    private void Recharge()
    {
        var rented = _queue.RentedLength;
        _stream.Charge(rented - _charged);
        Volatile.Write(ref _charged, rented);
    }
}
