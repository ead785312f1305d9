using System.Buffers;

namespace Libp2p.Muxers.Yamux;

/// <summary>What follows from what arrives.</summary>
internal sealed partial class YamuxConnection
{
    private string? _goneAwayError;

    protected override CloseReason? Goodbye
    {
        get
        {
            lock (Gate)
            {
                return !_machine.RemoteGoneAway ? null
                    : _goneAwayError is { } error ? new CloseReason(CloseCode.RemoteClose, error)
                    : CloseReason.RemoteClose;
            }
        }
    }

    protected override bool TryTakeHeader(ref ReadOnlySequence<byte> buffer, out string? error)
    {
        error = null;
        if (buffer.Length < YamuxHeader.Size)
            return false;
        Span<byte> scratch = stackalloc byte[YamuxHeader.Size];
        scoped var first = buffer.FirstSpan;
        if (first.Length < YamuxHeader.Size)
        {
            buffer.Slice(0, YamuxHeader.Size).CopyTo(scratch);
            first = scratch;
        }
        if (!YamuxHeader.TryRead(first, out var header, out error))
            return false;
        buffer = buffer.Slice(YamuxHeader.Size);
        error = Take(header);
        return error is null;
    }

    /// <summary>Payload for a stream that nobody reads any more: the window is given back, until the linger is over.</summary>
    protected override void Discard(MuxerStream stream, int bytes)
    {
        var state = ((YamuxStream)stream).State;
        bool reset;
        lock (Gate)
        {
            reset = YamuxMachine.IsLingerOver(state, Now);
            if (reset)
                _machine.Reset(state);
            else
                _machine.Consumed(state, bytes, unread: long.MaxValue, Now);
        }
        if (reset)
            FailLingering(stream);
        Pump();
    }

    protected override MuxerStream Fullest(MuxerStream candidate)
    {
        lock (Gate)
        {
            foreach (var state in _machine.Streams)
            {
                if (state.Stream is { } stream && stream.Reader.Charged > candidate.Reader.Charged)
                    candidate = stream;
            }
        }
        return candidate;
    }

    private string? Take(in YamuxHeader header)
    {
        YamuxOutcome outcome;
        YamuxStream? opened = null;
        lock (Gate)
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
        if (opened is not null)
            Offer(opened);
        if (outcome.Has(YamuxEvents.Body | YamuxEvents.Skip))
            ExpectBody(header.Length, outcome.Has(YamuxEvents.Body) ? outcome.State!.Stream : null, outcome.Has(YamuxEvents.Ended));
        else if (outcome.Has(YamuxEvents.Ended))
            EndReading(outcome.State!.Stream!);
        if (outcome.Has(YamuxEvents.Reset))
            ResetByRemote(outcome.State!);
        if (outcome.Has(YamuxEvents.GoneAway))
            _goneAwayError = outcome.Error;
        if (outcome.Has(YamuxEvents.Send))
            Pump();
        return null;
    }

    private void ResetByRemote(YamuxStreamState state)
    {
        if (YamuxMachine.Forget(state))
            _unacknowledged.Release();
        if (state.Stream is { } stream)
            FailByRemote(stream);
    }
}
