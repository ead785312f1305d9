using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;

namespace Libp2p.Muxers;

/// <summary>
/// The application's end for writing: it gathers what is written until the flush; the connection's pump takes it from here,
/// straight into the segment that is sealed. A flush completes once everything has been handed to the link.
/// </summary>
/// <remarks>
/// What <see cref="WriteAsync"/> is given is not gathered where nothing waits before it: it is lent, and copied once, into the
/// segment. A hundred streams that send at once would fill the processor's caches with buffers of their own.
/// </remarks>
internal sealed class MuxerStreamWriter : PipeWriter, IValueTaskSource<FlushResult>
{
    /// <summary>The most that may be gathered before a flush.</summary>
    private const int Limit = 4 * 1024 * 1024;

    /// <summary>What <see cref="WriteAsync"/> hands over at once.</summary>
    private const int Portion = 256 * 1024;

    private readonly MuxerStream _stream;
    private readonly object _gate;
    private LinearBuffer _buffer;
    private ReadOnlyMemory<byte> _lent;
    private ManualResetValueTaskSourceCore<FlushResult> _flushed = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _cancellation;
    private Exception? _failure;
    private int _queued;
    private bool _isWaiting;
    private bool _isHandedOut;
    private bool _cancelNext;
    private bool _completed;

    public MuxerStreamWriter(MuxerStream stream, object gate, MemoryPool<byte> pool)
    {
        _stream = stream;
        _gate = gate;
        _buffer = new LinearBuffer(pool, Limit);
    }

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes
    {
        get
        {
            lock (_gate)
                return Unflushed;
        }
    }

    /// <summary>Asked under the gate. What is lent has been flushed.</summary>
    private int Unflushed => _buffer.Length + _lent.Length - _queued;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        lock (_gate)
        {
            if (_completed)
                throw new InvalidOperationException("The stream's writing end is completed.");
            if (_failure is { } failure)
                throw failure;
            Keep();
            _isHandedOut = true;
            return _buffer.GetRoom(sizeHint, Math.Max(sizeHint, 1024));
        }
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes)
    {
        lock (_gate)
        {
            // Nobody would flush it, or it would be sent behind the end: whoever completes from another thread has the last word.
            if (_completed)
                throw new InvalidOperationException("The stream's writing end is completed.");
            _buffer.Append(bytes);
            _isHandedOut = false;
            if (_failure is not null)
                _buffer.Release();
            else
                _buffer.ReleaseIfEmpty();
        }
    }

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        if (source.Length > Portion)
            return WritePortionsAsync(source, cancellationToken);
        if (!cancellationToken.IsCancellationRequested && TryLend(source))
        {
            _stream.Queue(source.Length);
            return WaitUntilSent(cancellationToken);
        }
        source.Span.CopyTo(GetMemory(source.Length).Span);
        Advance(source.Length);
        return FlushAsync(cancellationToken);
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<FlushResult>(cancellationToken);
        int unflushed;
        lock (_gate)
        {
            if (_failure is { } failure)
                return ValueTask.FromException<FlushResult>(failure);
            unflushed = Unflushed;
            _queued += unflushed;
        }
        _stream.Queue(unflushed);
        return WaitUntilSent(cancellationToken);
    }

    public override void CancelPendingFlush()
    {
        lock (_gate)
        {
            if (_isWaiting)
            {
                Keep();
                Finish(new FlushResult(isCanceled: true, isCompleted: false));
            }
            else
            {
                _cancelNext = true;
            }
        }
    }

    public override void Complete(Exception? exception = null)
    {
        int unflushed;
        lock (_gate)
        {
            if (_completed)
                return;
            _completed = true;
            _isHandedOut = false;
            unflushed = exception is null && _failure is null ? Unflushed : 0;
            _queued += unflushed;
            if (_queued == 0)
                _buffer.Release();
        }
        if (exception is null)
            _stream.EndWriting(unflushed);
        else
            _stream.Reset();
    }

    /// <summary>Copies queued bytes into a frame; fewer than asked for where the stream was reset meanwhile.</summary>
    public int Take(Span<byte> destination)
    {
        lock (_gate)
        {
            var count = Math.Min(destination.Length, _queued);
            _queued -= count;
            if (_lent.IsEmpty)
            {
                _buffer.Filled.Span[..count].CopyTo(destination);
                _buffer.Consume(count);
                if (!_isHandedOut)
                    _buffer.ReleaseIfEmpty();
            }
            else
            {
                _lent.Span[..count].CopyTo(destination);
                // Not an empty piece of it: that would keep the application's memory alive.
                _lent = count < _lent.Length ? _lent[count..] : default;
            }
            if (_queued == 0 && _isWaiting)
                Finish(new FlushResult(isCanceled: false, isCompleted: false));
            return count;
        }
    }

    /// <summary>Ends it: the stream was reset or the connection lost.</summary>
    public void Fail(Exception failure)
    {
        lock (_gate)
        {
            if (_failure is not null)
                return;
            _failure = failure;
            _queued = 0;
            _lent = default;
            if (!_isHandedOut)
                _buffer.Release();
            if (!_isWaiting)
                return;
            _isWaiting = false;
            _flushed.SetException(failure);
        }
    }

    FlushResult IValueTaskSource<FlushResult>.GetResult(short token)
    {
        _cancellation.Dispose();
        return _flushed.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource<FlushResult>.GetStatus(short token) => _flushed.GetStatus(token);

    void IValueTaskSource<FlushResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _flushed.OnCompleted(continuation, state, token, flags);

    private async ValueTask<FlushResult> WritePortionsAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken)
    {
        FlushResult result = default;
        while (!source.IsEmpty && !result.IsCanceled)
        {
            var count = Math.Min(source.Length, Portion);
            result = await WriteAsync(source[..count], cancellationToken).ConfigureAwait(false);
            source = source[count..];
        }
        return result;
    }

    private ValueTask<FlushResult> WaitUntilSent(CancellationToken cancellationToken)
    {
        short token;
        lock (_gate)
        {
            if (_failure is { } failure)
                return ValueTask.FromException<FlushResult>(failure);
            if (_cancelNext)
            {
                _cancelNext = false;
                Keep();
                return new ValueTask<FlushResult>(new FlushResult(isCanceled: true, isCompleted: false));
            }
            if (_queued == 0)
                return new ValueTask<FlushResult>(new FlushResult(isCanceled: false, isCompleted: false));
            if (_isWaiting)
                throw new InvalidOperationException("A flush is pending already: await it before the next.");
            _flushed.Reset();
            _isWaiting = true;
            token = _flushed.Version;
        }
        if (cancellationToken.CanBeCanceled)
            _cancellation = cancellationToken.UnsafeRegister(static (self, ct) => ((MuxerStreamWriter)self!).CancelFlush(ct), this);
        return new ValueTask<FlushResult>(this, token);
    }

    private void CancelFlush(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!_isWaiting)
                return;
            Keep();
            _isWaiting = false;
            _flushed.SetException(new OperationCanceledException(cancellationToken));
        }
    }

    /// <summary>Queues what is written as it lies in the application's memory, where nothing else waits and no cancellation has been asked for.</summary>
    private bool TryLend(ReadOnlyMemory<byte> source)
    {
        lock (_gate)
        {
            if (source.IsEmpty || _completed || _failure is not null || _cancelNext || _buffer.Length > 0 || !_lent.IsEmpty)
                return false;
            _isHandedOut = false;
            _buffer.Release();
            _lent = source;
            _queued = source.Length;
            return true;
        }
    }

    /// <summary>Copies what is still lent: the application has its memory back before all of it is sent, or writes more behind it.</summary>
    private void Keep()
    {
        if (_lent.IsEmpty)
            return;
        _lent.CopyTo(_buffer.GetRoom(_lent.Length, _lent.Length));
        _buffer.Append(_lent.Length);
        _lent = default;
    }

    private void Finish(FlushResult result)
    {
        _isWaiting = false;
        _flushed.SetResult(result);
    }
}
