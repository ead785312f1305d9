using System.Buffers;
using System.IO.Pipelines;

namespace Libp2p.Muxers;

/// <summary>The read loop: header, decision, payload into its stream.</summary>
internal abstract partial class MuxerConnection
{
    /// <summary>What a reset stream may hold unread and still give: more than a refusal needs.</summary>
    private const int LastWords = 1024;

    /// <summary>Behind so many bytes at once there are more, as a rule: their reader had better begin while those are read and opened.</summary>
    private const int Bulk = 16 * 1024;

    /// <summary>The frame whose payload is being read: how much is left, for whom (null: for nobody), and whether the stream ends after it.</summary>
    private long _bodyLeft;
    private MuxerStream? _bodyOf;
    private bool _endsAfterBody;
    private MuxerStream? _toWake;
    private bool _isBlocked;
    private long _lastReceived;

    /// <summary>When anything last arrived.</summary>
    protected TimeSpan LastReceived => new(Volatile.Read(ref _lastReceived));

    /// <summary>Takes the header that the buffer begins with, and all that follows from it but the payload.</summary>
    /// <param name="buffer">What has arrived; begins behind the header where there was one.</param>
    /// <param name="error">What ends the session, if anything does.</param>
    /// <returns>False where the header is not all there yet, or wrong.</returns>
    protected abstract bool TryTakeHeader(ref ReadOnlySequence<byte> buffer, out string? error);

    /// <summary>Payload came for a stream that nobody reads any more.</summary>
    protected abstract void Discard(MuxerStream stream, int bytes);

    /// <summary>The stream that holds most memory, of those in the table and <paramref name="candidate"/>, which may have left it already.</summary>
    protected abstract MuxerStream Fullest(MuxerStream candidate);

    /// <summary>The next header is not taken now, for want of room in its stream: <see cref="WaitForRoomAsync"/> comes first.</summary>
    protected void Block() => _isBlocked = true;

    /// <summary>Waits until the header that <see cref="Block"/> put off can be taken, or its stream is gone.</summary>
    protected virtual Task WaitForRoomAsync() => Task.CompletedTask;

    /// <summary>What the other side said about its leaving, if it did.</summary>
    protected abstract CloseReason? Goodbye { get; }

    /// <summary>The payload behind the header that was taken.</summary>
    /// <param name="length">Its bytes.</param>
    /// <param name="stream">Whose it is; null for nobody's.</param>
    /// <param name="endsAfter">Whether the other side writes no more after it.</param>
    protected void ExpectBody(long length, MuxerStream? stream, bool endsAfter)
    {
        _bodyLeft = length;
        _bodyOf = stream;
        _endsAfterBody = endsAfter;
    }

    /// <summary>The other side reset a stream. The refusal of a protocol and the reset behind it often come together: last words are still given.</summary>
    protected static void FailByRemote(MuxerStream stream) =>
        stream.Fail(new StreamResetException("The stream was reset by the peer.", byRemote: true), dropUnread: stream.Reader.Unread > LastWords);

    private async Task ReadLoopAsync()
    {
        var reason = await ReadToEndAsync().ConfigureAwait(false);
        WakeBefore(null);
        await EndAsync(reason).ConfigureAwait(false);
        Link.Input.Complete();
        _readEnded.TrySetResult();
    }

    private async Task<CloseReason> ReadToEndAsync()
    {
        while (true)
        {
            ReadResult read;
            try
            {
                read = await new ReadThenWake(Link.Input.ReadAsync(CancellationToken.None), this);
            }
            catch (Exception e)
            {
                return Explain(e);
            }
            Volatile.Write(ref _lastReceived, Now.Ticks);
            var buffer = read.Buffer;
            string? error;
            try
            {
                error = Take(ref buffer);
            }
            catch (Exception e)
            {
                return new CloseReason(CloseCode.InternalError, e.Message);
            }
            if (read.Buffer.Length > Bulk)
                WakeBefore(null);
            var isCut = !buffer.IsEmpty || _bodyLeft > 0;
            var isBlocked = _isBlocked;
            _isBlocked = false;
            Link.Input.AdvanceTo(buffer.Start, isBlocked ? buffer.Start : buffer.End);
            if (error is not null)
                return new CloseReason(CloseCode.ProtocolViolation, error);
            if (isBlocked)
            {
                WakeBefore(null);
                await WaitForRoomAsync().ConfigureAwait(false);
                continue;
            }
            if (!read.IsCompleted)
                continue;
            return isCut ? new CloseReason(CloseCode.LinkLost, "it ended in the middle of a frame") : Goodbye ?? CloseReason.RemoteClose;
        }
    }

    /// <summary>
    /// A link may be aborted with any exception: all of them mean that it is lost, but for a broken protocol below, and for a side
    /// that has said goodbye. Whoever leaves does not read what is still on the way to it, and its system answers that with a reset.
    /// </summary>
    private CloseReason Explain(Exception e) => e is Libp2pException { Error: Libp2pError.ProtocolViolation }
        ? new CloseReason(CloseCode.ProtocolViolation, e.Message)
        : ExplainLoss(e.Message);

    private CloseReason ExplainLoss(string detail) => Goodbye ?? new CloseReason(CloseCode.LinkLost, detail);

    /// <summary>Takes all whole headers and all payload from the buffer; the error that ends the session, if any.</summary>
    private string? Take(ref ReadOnlySequence<byte> buffer)
    {
        while (true)
        {
            if (_bodyLeft > 0)
            {
                if (buffer.IsEmpty)
                    return null;
                TakeBody(ref buffer);
                if (_bodyLeft > 0)
                    continue;
                EndBody();
            }
            if (!TryTakeHeader(ref buffer, out var error))
                return error;
        }
    }

    private void TakeBody(ref ReadOnlySequence<byte> buffer)
    {
        var span = buffer.FirstSpan;
        if (span.Length > _bodyLeft)
            span = span[..(int)_bodyLeft];
        if (_bodyOf is { } stream)
        {
            WakeBefore(stream);
            if (!stream.Reader.Append(span))
                Discard(stream, span.Length);
            else if (Volatile.Read(ref _buffered) > _bounds.MaxBuffered)
                ResetFullest(stream);
        }
        _bodyLeft -= span.Length;
        buffer = buffer.Slice(span.Length);
    }

    /// <summary>The reader to be woken once the next read has begun: that of the stream that was last appended to.</summary>
    internal MuxerStreamReader? TakeToWake()
    {
        var reader = _toWake?.Reader;
        _toWake = null;
        return reader;
    }

    /// <summary>Wakes the reader of the stream that was last appended to, before another's turn and before the loop waits for something else: once for all that came together.</summary>
    private void WakeBefore(MuxerStream? next)
    {
        if (_toWake == next)
            return;
        _toWake?.Reader.Wake();
        _toWake = next;
    }

    /// <summary>The other side writes no more on a stream; its reader is told together with what came before.</summary>
    protected void EndReading(MuxerStream stream)
    {
        WakeBefore(stream);
        stream.Reader.End();
    }

    private void EndBody()
    {
        if (_endsAfterBody)
            EndReading(_bodyOf!);
        _bodyOf = null;
        _endsAfterBody = false;
    }

    /// <summary>All streams together hold more unread than the connection may: the one that holds most goes.</summary>
    private void ResetFullest(MuxerStream grown)
    {
        var fullest = Fullest(grown);
        MuxerLog.FullestReset(Logger, Link.RemotePeer, fullest.Id, _bounds.MaxBuffered);
        fullest.Reset();
    }
}
