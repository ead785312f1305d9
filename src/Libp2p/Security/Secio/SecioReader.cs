using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;

namespace Libp2p.Security.Secio;

/// <summary>
/// Reads a secured link: decrypts a frame as it arrives, and gives it once its code is checked. It holds nothing while it waits
/// between frames.
/// </summary>
internal sealed class SecioReader(SecioSecureLink link, PipeReader inner, SecioCipher cipher, int maxFrame, MemoryPool<byte> pool)
    : EncryptedReader(link, inner, pool, maxFrame + Portion)
{
    /// <summary>Bytes of a frame's length.</summary>
    public const int LengthLength = 4;

    /// <summary>After so many bytes no further frame is begun before the first are read.</summary>
    private const int Portion = 256 * 1024;

    private readonly byte[] _tag = new byte[cipher.TagLength];
    private LinearBuffer _body = new(pool, maxFrame);
    private int _bodyLeft;
    private int _tagLeft;

    // Completing may come from another thread while a fill writes into the body: whoever of the two ends last returns it.
    private int _use;

    private const int Idle = 0;
    private const int Filling = 1;
    private const int Completed = 2;

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null)
    {
        base.Complete(exception);
        if (Interlocked.Exchange(ref _use, Completed) == Idle)
            _body.Release();
    }

    /// <inheritdoc/>
    /// <remarks>A frame without a body is allowed; it gives nothing to read, so the wait goes on.</remarks>
    protected override async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(Interlocked.CompareExchange(ref _use, Filling, Idle) == Completed, this);
        try
        {
            while (true)
            {
                if (!Inner.TryRead(out var read))
                    read = await Inner.ReadAsync(cancellationToken).ConfigureAwait(false);
                var buffer = read.Buffer;
                var refusal = Take(ref buffer, out var taken);
                var isCut = !buffer.IsEmpty || _tagLeft > 0;
                Inner.AdvanceTo(buffer.Start, taken > 0 ? buffer.Start : buffer.End);
                if (refusal is not null)
                    throw Link.Fail(refusal);
                if (taken > 0)
                    return true;
                if (!read.IsCompleted)
                    continue;
                return isCut ? throw new Libp2pException(Libp2pError.ConnectionClosed, "The connection was truncated: it ended in the middle of a frame.") : false;
            }
        }
        catch (ObjectDisposedException) when (Link.Failure is not null)
        {
            throw Link.Failure;
        }
        finally
        {
            // Half a frame is kept, unless nobody will ask for the rest.
            if (_tagLeft == 0)
                _body.Release();
            if (Interlocked.CompareExchange(ref _use, Idle, Filling) == Completed)
                _body.Release();
        }
    }

    /// <summary>Opens what is there, up to a portion of whole frames, and moves past it; the reason where a frame is refused.</summary>
    private string? Take(ref ReadOnlySequence<byte> buffer, out int taken)
    {
        taken = 0;
        while (taken < Portion)
        {
            if (_tagLeft == 0)
            {
                if (buffer.Length < LengthLength)
                    return null;
                if (Begin(buffer.Slice(0, LengthLength)) is { } refusal)
                    return refusal;
                buffer = buffer.Slice(LengthLength);
            }
            TakeBody(ref buffer);
            if (!TakeTag(ref buffer))
                return null;
            if (!cipher.IsGenuine(_tag))
                return "A SECIO frame does not authenticate: it was changed on the way.";
            var body = _body.Filled.Span;
            body.CopyTo(Buffer.GetRoom(body.Length, body.Length).Span);
            Buffer.Append(body.Length);
            taken += body.Length;
            _body.Consume(body.Length);
        }
        return null;
    }

    private string? Begin(in ReadOnlySequence<byte> head)
    {
        Span<byte> bytes = stackalloc byte[LengthLength];
        head.CopyTo(bytes);
        var length = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        if (length < _tag.Length || length > maxFrame)
            return $"The peer announced a SECIO frame of {length} bytes; {_tag.Length} to {maxFrame} are allowed.";
        _bodyLeft = (int)length - _tag.Length;
        _tagLeft = _tag.Length;
        return null;
    }

    private void TakeBody(ref ReadOnlySequence<byte> buffer)
    {
        while (_bodyLeft > 0 && !buffer.IsEmpty)
        {
            var piece = buffer.FirstSpan;
            if (piece.Length > _bodyLeft)
                piece = piece[.._bodyLeft];
            if (!piece.IsEmpty)
            {
                // Room for what has arrived, and not for what was announced.
                cipher.Open(piece, _body.GetRoom(piece.Length, piece.Length).Span);
                _body.Append(piece.Length);
                _bodyLeft -= piece.Length;
            }
            buffer = buffer.Slice(piece.Length);
        }
    }

    private bool TakeTag(ref ReadOnlySequence<byte> buffer)
    {
        if (_bodyLeft > 0)
            return false;
        var count = (int)Math.Min(_tagLeft, buffer.Length);
        buffer.Slice(0, count).CopyTo(_tag.AsSpan(_tag.Length - _tagLeft));
        buffer = buffer.Slice(count);
        _tagLeft -= count;
        return _tagLeft == 0;
    }
}
