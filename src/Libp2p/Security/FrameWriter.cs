using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Libp2p.Security;

/// <summary>
/// Writes a secured link in frames: what is written goes straight into the inner output's memory, behind room for the frame's
/// length, and is sealed there in place when the frame is full or flushed.
/// </summary>
/// <param name="link">Whose output this is.</param>
/// <param name="inner">The output of the link below.</param>
/// <param name="deferred">The flush that the handshake's last message still wants, if it does.</param>
/// <param name="pool">Where frames are put by while the reader flushes.</param>
/// <param name="lengthLength">Bytes of a frame's length, in front of what it carries.</param>
/// <param name="tagLength">Bytes of a frame's tag, behind what it carries.</param>
internal abstract class FrameWriter(
    EncryptedLink link, PipeWriter inner, DeferredFlush deferred, MemoryPool<byte> pool, int lengthLength, int tagLength) : PipeWriter
{
    /// <summary>The most plaintext that a frame carries, in bytes: as much as noise can, to which the muxers fit their frames.</summary>
    public const int MaxPlaintext = ushort.MaxValue - 16;

    /// <summary>The least plaintext that a frame is begun for, so that many tiny writes share one.</summary>
    private const int SmallFrame = 512;

    /// <summary>How much <see cref="WriteAsync"/> writes between two flushes: four full frames.</summary>
    private const int FramesPerFlush = 4;

    /// <summary>The most that is put by while the reader flushes.</summary>
    private const int StagedLimit = 4 * 1024 * 1024;

    private readonly int _overhead = lengthLength + tagLength;
    private LinearBuffer _staged = new(pool, StagedLimit);
    private bool _isStaging;
    private Memory<byte> _frame;
    private int _used;
    private bool _completed;

    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    /// <inheritdoc/>
    /// <remarks>As they will travel: with the length and the tag of every frame.</remarks>
    public override long UnflushedBytes => (_isStaging ? _staged.Length : inner.UnflushedBytes) + (_used == 0 ? 0 : _used + _overhead);

    /// <summary>Whose output this is.</summary>
    protected EncryptedLink Link => link;

    private int Room => _frame.IsEmpty ? 0 : Math.Min(MaxPlaintext, _frame.Length - _overhead) - _used;

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">More is wanted at once than the 65,519 bytes that a frame carries.</exception>
    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        ObjectDisposedException.ThrowIf(_completed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        if (sizeHint > MaxPlaintext)
            throw new ArgumentOutOfRangeException(nameof(sizeHint), sizeHint, $"A frame carries at most {MaxPlaintext} bytes: write more in pieces.");
        if (link.Failure is { } failure)
            throw failure;
        if (Room < Math.Max(sizeHint, 1))
        {
            EndFrame();
            _frame = BeginFrame(Math.Max(sizeHint, SmallFrame) + _overhead);
        }
        return _frame.Slice(lengthLength + _used, Room);
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
            EndFrame();
        }
        catch (Exception e)
        {
            return ValueTask.FromException<FlushResult>(e);
        }
        return _isStaging || !deferred.TryTakeOver() ? FlushStagedAsync(cancellationToken) : inner.FlushAsync(cancellationToken);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        var frames = 0;
        while (!source.IsEmpty)
        {
            var room = Room > 0 ? GetMemory() : GetMemory(Math.Min(source.Length, MaxPlaintext));
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
        _staged.Release();
        inner.Complete(exception);
    }

    /// <summary>Writes the length of a frame, encrypts what it carries in place, and writes its tag.</summary>
    /// <param name="frame">All of it: room for the length, plaintext, room for the tag.</param>
    protected abstract void Seal(Span<byte> frame);

    /// <summary>Seals what the frame has; an empty one is forgotten.</summary>
    private void EndFrame()
    {
        var used = _used;
        var frame = _frame;
        _frame = default;
        _used = 0;
        if (used == 0)
            return;
        try
        {
            Seal(frame.Span[..(used + _overhead)]);
        }
        catch (ObjectDisposedException) when (link.Failure is not null)
        {
            throw link.Failure;
        }
        if (_isStaging)
            _staged.Append(used + _overhead);
        else
            inner.Advance(used + _overhead);
    }

    /// <summary>Memory for a frame: the inner output's, except while the reader flushes that.</summary>
    private Memory<byte> BeginFrame(int size)
    {
        if (!_isStaging && deferred.TryTakeOver())
            return inner.GetMemory(size);
        _isStaging = true;
        return _staged.GetRoom(size, size);
    }

    private async ValueTask<FlushResult> FlushStagedAsync(CancellationToken cancellationToken)
    {
        await deferred.WaitAsync(cancellationToken).ConfigureAwait(false);
        inner.Write(_staged.Filled.Span);
        _staged.Release();
        _isStaging = false;
        return await inner.FlushAsync(cancellationToken).ConfigureAwait(false);
    }
}
