using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Libp2p.Security.Noise;

/// <summary>
/// Reads a secured link: opens every whole frame that is there straight out of the inner buffer into one linear buffer. It holds
/// none while it waits.
/// </summary>
internal sealed class NoiseReader(NoiseSecureLink link, PipeReader inner, NoiseCipher cipher, DeferredFlush deferred, MemoryPool<byte> pool)
    : EncryptedReader(link, inner, pool, Limit)
{
    /// <summary>The most that is opened at once: four full frames.</summary>
    private const int Portion = 4 * NoiseFrame.MaxPlaintext;

    /// <summary>The most that may wait unconsumed; the largest message of any layer above is below it.</summary>
    private const int Limit = (1024 * 1024) + Portion;

    private readonly MemoryPool<byte> _pool = pool;

    /// <inheritdoc/>
    /// <remarks>A frame without plaintext is allowed; it gives nothing to read, so the wait goes on.</remarks>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    protected override async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (!Inner.TryRead(out var read))
            {
                if (!deferred.IsSettled)
                    await deferred.FlushAsync(cancellationToken).ConfigureAwait(false);
                read = await Inner.ReadAsync(cancellationToken).ConfigureAwait(false);
            }
            var buffer = read.Buffer;
            var refusal = Take(ref buffer, out var taken);
            var hasMore = NoiseFrame.TryReadWhole(buffer, out _);
            var isTruncated = read.IsCompleted && !hasMore && !buffer.IsEmpty;
            Inner.AdvanceTo(buffer.Start, hasMore ? buffer.Start : buffer.End);
            if (refusal is not null)
                throw Link.Fail(refusal);
            if (taken > 0)
                return true;
            if (isTruncated)
                throw new Libp2pException(Libp2pError.ConnectionClosed, "The connection was truncated: it ended in the middle of a frame.");
            if (read.IsCompleted && !hasMore)
                return false;
        }
    }

    /// <summary>Opens the whole frames, up to a portion, and moves past them; the reason where one is refused.</summary>
    private string? Take(ref ReadOnlySequence<byte> buffer, out int taken)
    {
        taken = 0;
        var plaintext = Measure(buffer);
        var room = plaintext == 0 ? [] : Buffer.GetRoom(plaintext, plaintext).Span;
        while (NoiseFrame.TryReadWhole(buffer, out var length))
        {
            if (length < NoiseCipher.TagLength)
                return $"The peer sent a noise frame of {length} bytes, shorter than its tag.";
            var size = length - NoiseCipher.TagLength;
            if (taken + size > plaintext)
                break;
            if (cipher.IsExhausted)
                return "The peer used all nonces of the connection: connect anew.";
            if (!TryOpen(buffer.Slice(NoiseFrame.HeaderLength, length), room.Slice(taken, size)))
                return "A noise frame does not authenticate: it was changed, repeated or lost on the way.";
            taken += size;
            buffer = buffer.Slice(NoiseFrame.HeaderLength + length);
        }
        Buffer.Append(taken);
        return null;
    }

    /// <summary>Counts the plaintext of the whole frames that are opened at once: never less than one frame, even where the buffer above is full.</summary>
    private int Measure(ReadOnlySequence<byte> buffer)
    {
        var limit = Math.Min(Portion, Limit - Buffer.Length);
        var total = 0;
        while (NoiseFrame.TryReadWhole(buffer, out var length) && length >= NoiseCipher.TagLength)
        {
            var size = length - NoiseCipher.TagLength;
            if (total > 0 && total + size > limit)
                break;
            total += size;
            buffer = buffer.Slice(NoiseFrame.HeaderLength + length);
        }
        return total;
    }

    private bool TryOpen(in ReadOnlySequence<byte> sealedText, Span<byte> plaintext)
    {
        try
        {
            if (sealedText.IsSingleSegment)
                return cipher.TryOpen(sealedText.FirstSpan, plaintext);
            // Split over segments, which a link of ours never does: gathered first.
            using var gathered = _pool.Rent((int)sealedText.Length);
            var span = gathered.Memory.Span[..(int)sealedText.Length];
            sealedText.CopyTo(span);
            return cipher.TryOpen(span, plaintext);
        }
        catch (ObjectDisposedException) when (Link.Failure is not null)
        {
            throw Link.Failure;
        }
    }
}
