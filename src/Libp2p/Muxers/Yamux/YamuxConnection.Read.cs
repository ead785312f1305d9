using System.Buffers;
using System.IO.Pipelines;

namespace Libp2p.Muxers.Yamux;

/// <summary>The read loop: header, decision, payload into its stream.</summary>
internal sealed partial class YamuxConnection
{
    /// <summary>What a reset stream may hold unread and still give: more than a refusal needs.</summary>
    private const int LastWords = 1024;

    /// <summary>The frame whose payload is being read: how much is left, for whom (null: for nobody), and whether the stream ends after it.</summary>
    private long _bodyLeft;
    private YamuxStreamState? _bodyOf;
    private bool _endsAfterBody;
    private YamuxStream? _toWake;

    private async Task ReadLoopAsync()
    {
        // Whoever attaches the muxer must not read for a peer that never stops sending.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var reason = await ReadToEndAsync().ConfigureAwait(false);
        await EndAsync(reason).ConfigureAwait(false);
        _link.Input.Complete();
        _readEnded.TrySetResult();
    }

    private async Task<CloseReason> ReadToEndAsync()
    {
        while (true)
        {
            ReadResult read;
            try
            {
                read = await _link.Input.ReadAsync(CancellationToken.None).ConfigureAwait(false);
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
                WakeBefore(null);
            }
            catch (Exception e)
            {
                return new CloseReason(CloseCode.InternalError, e.Message);
            }
            var isCut = !buffer.IsEmpty || _bodyLeft > 0;
            _link.Input.AdvanceTo(buffer.Start, buffer.End);
            if (error is not null)
                return new CloseReason(CloseCode.ProtocolViolation, error);
            if (!read.IsCompleted)
                continue;
            return isCut ? new CloseReason(CloseCode.LinkLost, "it ended in the middle of a frame")
                : _goneAwayError is { } detail ? new CloseReason(CloseCode.RemoteClose, detail)
                : CloseReason.RemoteClose;
        }
    }

    /// <summary>A link may be aborted with any exception: all of them mean that it is lost, but for a broken protocol below.</summary>
    private static CloseReason Explain(Exception e) => e is Libp2pException { Error: Libp2pError.ProtocolViolation }
        ? new CloseReason(CloseCode.ProtocolViolation, e.Message)
        : new CloseReason(CloseCode.LinkLost, e.Message);

    /// <summary>Takes all whole headers and all payload from the buffer; the error that ends the session, if any.</summary>
    private string? Take(ref ReadOnlySequence<byte> buffer)
    {
        Span<byte> scratch = stackalloc byte[YamuxHeader.Size];
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
            if (buffer.Length < YamuxHeader.Size)
                return null;
            scoped var first = buffer.FirstSpan;
            if (first.Length < YamuxHeader.Size)
            {
                buffer.Slice(0, YamuxHeader.Size).CopyTo(scratch);
                first = scratch;
            }
            if (!YamuxHeader.TryRead(first, out var header, out var error))
                return error;
            buffer = buffer.Slice(YamuxHeader.Size);
            error = Take(header);
            if (error is not null)
                return error;
        }
    }

    private string? Take(in YamuxHeader header)
    {
        YamuxOutcome outcome;
        YamuxStream? opened = null;
        lock (_gate)
        {
            outcome = _machine.Receive(header, Now);
            if (outcome.Has(YamuxEvents.Opened))
                opened = new YamuxStream(this, outcome.State!);
        }
        if (outcome.Events == YamuxEvents.None)
            return null;
        if (outcome.Has(YamuxEvents.Violation))
            return outcome.Error;
        if (outcome.Has(YamuxEvents.Acknowledged))
            _unacknowledged.Release();
        if (opened is not null && !_accepted.Writer.TryWrite(opened))
            opened.Reset();
        if (outcome.Has(YamuxEvents.Body | YamuxEvents.Skip))
        {
            _bodyLeft = header.Length;
            _bodyOf = outcome.Has(YamuxEvents.Body) ? outcome.State : null;
            _endsAfterBody = outcome.Has(YamuxEvents.Ended);
        }
        else if (outcome.Has(YamuxEvents.Ended))
        {
            outcome.State!.Stream!.Reader.End();
        }
        if (outcome.Has(YamuxEvents.Reset))
            ResetByRemote(outcome.State!);
        if (outcome.Has(YamuxEvents.GoneAway))
            _goneAwayError = outcome.Error;
        if (outcome.Has(YamuxEvents.Send))
            Pump();
        return null;
    }

    private void TakeBody(ref ReadOnlySequence<byte> buffer)
    {
        var span = buffer.FirstSpan;
        if (span.Length > _bodyLeft)
            span = span[..(int)_bodyLeft];
        if (_bodyOf is { } state)
        {
            WakeBefore(state.Stream);
            if (!state.Stream!.Reader.Append(span))
                Discard(state, span.Length);
            else if (Volatile.Read(ref _buffered) > _options.MaxBuffered)
                ResetFullest(state.Stream);
        }
        _bodyLeft -= span.Length;
        buffer = buffer.Slice(span.Length);
    }

    /// <summary>Wakes the reader of the stream that was last appended to, before another's turn and before the next wait: once for all that came together.</summary>
    private void WakeBefore(YamuxStream? next)
    {
        if (_toWake == next)
            return;
        _toWake?.Reader.Wake();
        _toWake = next;
    }

    private void EndBody()
    {
        if (_endsAfterBody)
            _bodyOf!.Stream!.Reader.End();
        _bodyOf = null;
        _endsAfterBody = false;
    }

    /// <summary>Payload for a stream that nobody reads any more: the window is given back, until the linger is over.</summary>
    private void Discard(YamuxStreamState state, int bytes)
    {
        bool reset;
        lock (_gate)
        {
            reset = YamuxMachine.IsLingerOver(state, Now);
            if (reset)
                _machine.Reset(state);
            else
                _machine.Consumed(state, bytes, unread: long.MaxValue, Now);
        }
        if (reset)
            state.Stream!.Writer.Fail(new StreamResetException("The stream was reset: the other side went on sending long after reading ended here.", byRemote: false));
        Pump();
    }

    private void ResetByRemote(YamuxStreamState state)
    {
        if (YamuxMachine.Forget(state))
            _unacknowledged.Release();
        if (state.Stream is not { } stream)
            return;
        // The refusal of a protocol and the reset behind it often come together: last words are still given.
        var dropUnread = stream.Reader.Unread > LastWords;
        stream.Fail(new StreamResetException("The stream was reset by the peer.", byRemote: true), dropUnread);
    }

    /// <summary>All streams together hold more unread than the connection may: the one that holds most goes.</summary>
    /// <param name="fullest">The one that has grown; it may have left the table already, ended on both sides but unread.</param>
    private void ResetFullest(YamuxStream fullest)
    {
        lock (_gate)
        {
            foreach (var state in _machine.Streams)
            {
                if (state.Stream is { } stream && stream.Reader.Charged > fullest.Reader.Charged)
                    fullest = stream;
            }
        }
        YamuxLog.FullestReset(_logger, _link.RemotePeer, fullest.Id, _options.MaxBuffered);
        fullest.Reset();
    }
}
