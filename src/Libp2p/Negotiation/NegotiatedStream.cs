using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Libp2p.Negotiation;

/// <summary>
/// A stream whose negotiation is still under way in the background: proposed without waiting, or answered without a flush.
/// It behaves like the stream itself, except that its end of writing is held back until the answer is here, since a reader
/// on the other side that begins after that end would never see it (js-libp2p).
/// </summary>
internal sealed class NegotiatedStream : MuxedStream
{
    private readonly MuxedStream _inner;
    private readonly ConfirmingReader _reader;
    private readonly HeldWriter _writer;

    private NegotiatedStream(MuxedStream inner, ProtocolId? proposed, TimeProvider time, TimeSpan deadline)
    {
        _inner = inner;
        _writer = new HeldWriter(this);
        _reader = new ConfirmingReader(inner.Input, proposed, cancellationToken => _writer.FlushOpeningAsync(cancellationToken), time, deadline);
    }

    public override long Id => _inner.Id;

    public override Role Role => _inner.Role;

    internal override MuxedStream Settled => _reader.IsDone ? _inner : this;

    public override PipeReader Input => _reader.IsDone ? _inner.Input : _reader;

    public override PipeWriter Output => _reader.IsDone ? _inner.Output : _writer;

    /// <summary>Proposes the one protocol on a stream that this side opened.</summary>
    public static NegotiatedStream Propose(MuxedStream stream, ProtocolId protocol, TimeProvider time, TimeSpan deadline)
    {
        MultistreamSelect.Propose(stream.Output, protocol);
        return new NegotiatedStream(stream, protocol, time, deadline);
    }

    /// <summary>Goes on with a stream whose answer waits to be flushed.</summary>
    public static NegotiatedStream Answered(MuxedStream stream, TimeProvider time, TimeSpan deadline) => new(stream, null, time, deadline);

    public override void Reset() => _inner.Reset();

    public override ValueTask DisposeAsync()
    {
        if (_reader.IsDone)
            return _inner.DisposeAsync();
        _ = EndAsync(dispose: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>Waits for the answer, within the deadline, and then ends writing, or everything.</summary>
    private async Task EndAsync(bool dispose)
    {
        try
        {
            await _reader.Confirmation.ConfigureAwait(false);
        }
        catch (Exception)
        {
            // Refused, lost or never answered: there is no stream to end in good order.
            _inner.Reset();
            return;
        }
        if (dispose)
            await _inner.DisposeAsync().ConfigureAwait(false);
        else
            await _inner.Output.CompleteAsync().ConfigureAwait(false);
    }

    /// <summary>The writing end until the negotiation is over.</summary>
    private sealed class HeldWriter(NegotiatedStream stream) : PipeWriter
    {
        private readonly PipeWriter _inner = stream._inner.Output;
        private Task _opening = Task.CompletedTask;
        private bool _isOpen;
        private bool _completed;

        public override bool CanGetUnflushedBytes => _inner.CanGetUnflushedBytes;

        public override long UnflushedBytes => _inner.UnflushedBytes;

        public override Memory<byte> GetMemory(int sizeHint = 0)
        {
            try
            {
                return _inner.GetMemory(sizeHint);
            }
            catch (StreamResetException e) when (e.ByRemote)
            {
                // As in SendAsync, without a wait: what came before the reset is there.
                if (stream._reader.Confirmation is { IsFaulted: true, Exception.InnerException: { } refusal })
                    ExceptionDispatchInfo.Throw(refusal);
                throw;
            }
        }

        public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

        public override void Advance(int bytes) => _inner.Advance(bytes);

        public override void CancelPendingFlush() => _inner.CancelPendingFlush();

        /// <summary>Flushes what the negotiation wrote, unless the application has flushed already.</summary>
        public ValueTask FlushOpeningAsync(CancellationToken cancellationToken)
        {
            lock (this)
            {
                if (_isOpen)
                    return new ValueTask(_opening.WaitAsync(cancellationToken));
                _isOpen = true;
                var flush = _inner.FlushAsync(CancellationToken.None);
                if (flush.IsCompletedSuccessfully)
                    return default;
                _opening = flush.AsTask();
            }
            return new ValueTask(_opening.WaitAsync(cancellationToken));
        }

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
            stream._reader.IsDone ? _inner.FlushAsync(cancellationToken) : SendAsync(null, cancellationToken);

        /// <summary>Any length: the stream's own writer takes it a portion at a time, the negotiation before it in the first.</summary>
        public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) =>
            stream._reader.IsDone ? _inner.WriteAsync(source, cancellationToken) : SendAsync(source, cancellationToken);

        public override void Complete(Exception? exception = null)
        {
            if (_completed)
                return;
            _completed = true;
            if (exception is not null || stream._reader.IsDone)
                _inner.Complete(exception);
            else
                _ = stream.EndAsync(dispose: false);
        }

        /// <summary>The application flushes: what the negotiation wrote goes along, unless it is on its way, which is what is returned.</summary>
        private Task BeginFlush()
        {
            lock (this)
            {
                _isOpen = true;
                return _opening;
            }
        }

        // Whoever only sends is never done, so this is on the way of all that it sends.
        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        private async ValueTask<FlushResult> SendAsync(ReadOnlyMemory<byte>? source, CancellationToken cancellationToken)
        {
            try
            {
                await BeginFlush().WaitAsync(cancellationToken).ConfigureAwait(false);
                var sending = source is { } bytes ? _inner.WriteAsync(bytes, cancellationToken) : _inner.FlushAsync(cancellationToken);
                stream._reader.Flushed();
                return await sending.ConfigureAwait(false);
            }
            catch (StreamResetException e) when (e.ByRemote)
            {
                // Whoever refuses resets at once, and a write may be the first to meet that: the refusal has come before it, and says more.
                await stream._reader.Confirmation.ConfigureAwait(false);
                throw;
            }
        }
    }
}
