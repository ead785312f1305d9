using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Libp2p.Security.Noise;

/// <summary>
/// Writes a secured link: what is written goes straight into the inner output's memory, behind room for the frame's length, and
/// is sealed there in place when the frame is full or flushed.
/// </summary>
internal sealed class NoiseWriter(NoiseSecureLink link, PipeWriter inner, NoiseCipher cipher, DeferredFlush deferred, MemoryPool<byte> pool)
    : PipeWriter
{
    /// <summary>The least plaintext that a frame is begun for, so that many tiny writes share one.</summary>
    private const int SmallFrame = 512;

    /// <summary>How much <see cref="WriteAsync"/> writes between two flushes: four full frames.</summary>
    private const int FramesPerFlush = 4;

    /// <summary>The most that is put by while the reader flushes.</summary>
    private const int StagedLimit = 4 * 1024 * 1024;

    private LinearBuffer _staged = new(pool, StagedLimit);
    private bool _isStaging;
    private Memory<byte> _frame;
    private int _used;
    private bool _completed;

    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    /// <inheritdoc/>
    /// <remarks>As they will travel: with the length and the tag of every frame.</remarks>
    public override long UnflushedBytes => (_isStaging ? _staged.Length : inner.UnflushedBytes) + (_used == 0 ? 0 : _used + NoiseFrame.Overhead);

    private int Room => _frame.IsEmpty ? 0 : Math.Min(NoiseFrame.MaxPlaintext, _frame.Length - NoiseFrame.Overhead) - _used;

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">More is wanted at once than the 65,519 bytes that a frame carries.</exception>
    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        ObjectDisposedException.ThrowIf(_completed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        if (sizeHint > NoiseFrame.MaxPlaintext)
            throw new ArgumentOutOfRangeException(nameof(sizeHint), sizeHint, $"A noise frame carries at most {NoiseFrame.MaxPlaintext} bytes: write more in pieces.");
        if (link.Failure is { } failure)
            throw failure;
        if (Room < Math.Max(sizeHint, 1))
        {
            SealFrame();
            _frame = Begin(Math.Max(sizeHint, SmallFrame) + NoiseFrame.Overhead);
        }
        return _frame.Slice(NoiseFrame.HeaderLength + _used, Room);
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
        return _isStaging || !deferred.TryTakeOver() ? FlushStagedAsync(cancellationToken) : inner.FlushAsync(cancellationToken);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        var frames = 0;
        while (!source.IsEmpty)
        {
            var room = Room > 0 ? GetMemory() : GetMemory(Math.Min(source.Length, NoiseFrame.MaxPlaintext));
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

    /// <summary>Seals what the frame has; an empty one is forgotten.</summary>
    private void SealFrame()
    {
        var used = _used;
        var frame = _frame;
        _frame = default;
        _used = 0;
        if (used == 0)
            return;
        if (cipher.IsExhausted)
            throw link.Fail("All nonces of the connection are used: connect anew.");
        var span = frame.Span;
        try
        {
            cipher.Seal(span.Slice(NoiseFrame.HeaderLength, used), span.Slice(NoiseFrame.HeaderLength, used + NoiseCipher.TagLength));
        }
        catch (ObjectDisposedException) when (link.Failure is not null)
        {
            throw link.Failure;
        }
        NoiseFrame.WriteLength(span, used + NoiseCipher.TagLength);
        if (_isStaging)
            _staged.Append(used + NoiseFrame.Overhead);
        else
            inner.Advance(used + NoiseFrame.Overhead);
    }

    /// <summary>Memory for a frame: the inner output's, except while the reader flushes that.</summary>
    private Memory<byte> Begin(int size)
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
