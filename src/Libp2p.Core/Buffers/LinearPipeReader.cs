using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Libp2p;

/// <summary>
/// A <see cref="PipeReader"/> that pulls: it fills one contiguous buffer when its reader wants more, and holds none while
/// nothing waits in it. What it gives is always a single segment. It is the reader of sockets and of record protocols.
/// </summary>
public abstract class LinearPipeReader : PipeReader
{
    /// <summary>What waits to be read. Only <see cref="FillAsync"/> appends to it.</summary>
#pragma warning disable CA1051 // A mutable struct must be a field to be mutated in place.
    protected LinearBuffer Buffer;
#pragma warning restore CA1051

    private ReadOnlySequence<byte> _given;
    private int _examined;
    private bool _ended;
    private bool _completed;
    private int _use;

    // Completing may come from another thread while a fill writes into the buffer: whoever of the two ends last returns it.
    private const int Filling = 1;
    private const int Completed = 2;

    /// <summary>Creates an empty one.</summary>
    /// <param name="pool">Where its buffer comes from.</param>
    /// <param name="limit">The most bytes that may wait unconsumed; a reader that wants more at once fails.</param>
    protected LinearPipeReader(MemoryPool<byte> pool, int limit) => Buffer = new LinearBuffer(pool, limit);

    /// <summary>Appends at least one byte to <see cref="Buffer"/>; false at the end.</summary>
    protected abstract ValueTask<bool> FillAsync(CancellationToken cancellationToken);

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result)
    {
        ObjectDisposedException.ThrowIf(_completed, this);
        if (Buffer.Length > _examined || _ended)
        {
            result = Give();
            return true;
        }
        result = default;
        return false;
    }

    /// <inheritdoc/>
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        TryRead(out var result) ? new ValueTask<ReadResult>(result) : FillAndReadAsync(cancellationToken);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        var consumedBytes = (int)_given.GetOffset(consumed) - (int)_given.GetOffset(_given.Start);
        var examinedBytes = (int)_given.GetOffset(examined) - (int)_given.GetOffset(_given.Start);
        ArgumentOutOfRangeException.ThrowIfLessThan(examinedBytes, consumedBytes, nameof(examined));
        _given = default;
        if (_completed)
            return;
        Buffer.Consume(consumedBytes);
        _examined = examinedBytes - consumedBytes;
        Buffer.ReleaseIfEmpty();
    }

    /// <summary>Not supported on a link: cancel the read's own token, or abort the link.</summary>
    public override void CancelPendingRead() =>
        throw new NotSupportedException("A link's pending read is ended by its cancellation token or by aborting the link.");

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null)
    {
        if (_completed)
            return;
        _completed = true;
        if ((Interlocked.Or(ref _use, Completed) & Filling) == 0)
            Buffer.Release();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> FillAndReadAsync(CancellationToken cancellationToken)
    {
        if ((Interlocked.Or(ref _use, Filling) & Completed) != 0)
        {
            Interlocked.And(ref _use, ~Filling);
            throw new ObjectDisposedException(GetType().Name);
        }
        try
        {
            do
            {
                if (!await FillAsync(cancellationToken).ConfigureAwait(false))
                    _ended = true;
            }
            while (Buffer.Length <= _examined && !_ended);
        }
        finally
        {
            Buffer.ReleaseIfEmpty();
            if ((Interlocked.And(ref _use, ~Filling) & Completed) != 0)
                Buffer.Release();
        }
        ObjectDisposedException.ThrowIf(_completed, this);
        return Give();
    }

    private ReadResult Give()
    {
        _given = new ReadOnlySequence<byte>(Buffer.Filled);
        return new ReadResult(_given, isCanceled: false, _ended);
    }
}
