using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Libp2p.Security.Secio;

/// <summary>
/// Writes a secured link: what is written goes straight into the inner output's memory, behind room for the frame's length, and is
/// sealed there in place when the frame is full or flushed.
/// </summary>
internal sealed class SecioWriter(SecioSecureLink link, PipeWriter inner, SecioCipher cipher) : PipeWriter
{
    /// <summary>The most that a frame carries, in bytes: as much as a Noise frame, to which the muxers fit theirs.</summary>
    public const int MaxBody = 65_519;

    /// <summary>The least that a frame is begun for, so that many tiny writes share one.</summary>
    private const int SmallFrame = 512;

    /// <summary>How much <see cref="WriteAsync"/> writes between two flushes: four full frames.</summary>
    private const int FramesPerFlush = 4;

    private readonly int _overhead = SecioReader.LengthLength + cipher.TagLength;
    private Memory<byte> _frame;
    private int _used;
    private bool _completed;

    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    /// <inheritdoc/>
    /// <remarks>As they will travel: with the length and the code of every frame.</remarks>
    public override long UnflushedBytes => inner.UnflushedBytes + (_used == 0 ? 0 : _used + _overhead);

    private int Room => _frame.IsEmpty ? 0 : Math.Min(MaxBody, _frame.Length - _overhead) - _used;

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">More is wanted at once than the 65,519 bytes that a frame carries.</exception>
    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        ObjectDisposedException.ThrowIf(_completed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sizeHint, MaxBody);
        if (link.Failure is { } failure)
            throw failure;
        if (Room < Math.Max(sizeHint, 1))
        {
            SealFrame();
            _frame = inner.GetMemory(Math.Max(sizeHint, SmallFrame) + _overhead);
        }
        return _frame.Slice(SecioReader.LengthLength + _used, Room);
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes)
    {
        if ((uint)bytes > (uint)Room)
            throw new ArgumentOutOfRangeException(nameof(bytes), bytes, "More bytes were written than there was room for.");
        _used += bytes;
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            if (link.Failure is { } failure)
                return ValueTask.FromException<FlushResult>(failure);
            SealFrame();
        }
        catch (Exception e)
        {
            return ValueTask.FromException<FlushResult>(e);
        }
        return inner.FlushAsync(cancellationToken);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        var frames = 0;
        while (!source.IsEmpty)
        {
            var room = Room > 0 ? GetMemory() : GetMemory(Math.Min(source.Length, MaxBody));
            var count = Math.Min(source.Length, room.Length);
            source[..count].CopyTo(room);
            Advance(count);
            source = source[count..];
            if (source.IsEmpty || ++frames % FramesPerFlush != 0)
                continue;
            var result = await FlushAsync(cancellationToken).ConfigureAwait(false);
            if (result.IsCompleted || result.IsCanceled)
                return result;
        }
        return await FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Not supported on a link: cancel the flush's own token, or abort the link.</summary>
    public override void CancelPendingFlush() =>
        throw new NotSupportedException("A link's pending flush is ended by its cancellation token or by aborting the link.");

    /// <inheritdoc/>
    /// <remarks>What was not flushed is dropped.</remarks>
    public override void Complete(Exception? exception = null)
    {
        if (_completed)
            return;
        _completed = true;
        _frame = default;
        _used = 0;
        inner.Complete(exception);
    }

    /// <summary>Seals what the frame has; an empty one is forgotten.</summary>
    private void SealFrame()
    {
        var used = _used;
        var frame = _frame.Span;
        _frame = default;
        _used = 0;
        if (used == 0)
            return;
        try
        {
            cipher.Seal(frame.Slice(SecioReader.LengthLength, used), frame.Slice(SecioReader.LengthLength + used, cipher.TagLength));
        }
        catch (ObjectDisposedException) when (link.Failure is not null)
        {
            throw link.Failure;
        }
        BinaryPrimitives.WriteUInt32BigEndian(frame, (uint)(used + cipher.TagLength));
        inner.Advance(used + _overhead);
    }
}
