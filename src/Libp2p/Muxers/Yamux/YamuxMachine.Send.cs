namespace Libp2p.Muxers.Yamux;

/// <summary>The sending half: what waits, in which order it leaves, and how windows grow.</summary>
internal sealed partial class YamuxMachine
{
    private readonly Queue<YamuxStreamState> _ready = new();
    private readonly Queue<YamuxHeader> _control = new();
    private readonly Queue<uint> _pongs = new();
    private int _resetsDue;
    private uint _pingValue;
    private bool _pingDue;
    private TimeSpan? _pingSent;
    private TimeSpan _pingQueued;

    /// <summary>When the last ping was asked for.</summary>
    public TimeSpan LastPing => _pingQueued;

    /// <summary>True where something waits that could be sent.</summary>
    public bool HasFrame => _control.Count > 0 || _pongs.Count > 0 || _pingDue || _ready.Count > 0;

    /// <summary>The application flushed bytes; they leave as the window allows.</summary>
    /// <returns>False where FIN has been sent: a flush that crossed the end of writing comes too late.</returns>
    public bool Queue(YamuxStreamState state, long bytes)
    {
        if (state.Ended && bytes > 0)
            return false;
        if (state.IsGone || (bytes == 0 && !state.SynDue))
            return true;
        state.Queued += bytes;
        if (state.SendWindow > 0 || state.SynDue)
            MakeReady(state);
        return true;
    }

    /// <summary>The application ended writing; FIN follows what is queued.</summary>
    public void EndWriting(YamuxStreamState state)
    {
        if (state.IsGone || state.EndDue)
            return;
        state.EndDue = true;
        MakeReady(state);
    }

    /// <summary>The application reset the stream.</summary>
    public void Reset(YamuxStreamState state)
    {
        if (state.IsGone)
            return;
        var known = !state.SynDue;
        Remove(state);
        if (!known)
            return;
        state.RstDue = true;
        _resetsDue++;
        MakeReady(state);
    }

    /// <summary>The application read bytes; the other side may send as many again once half the window is used up.</summary>
    /// <param name="state">The stream.</param>
    /// <param name="bytes">How many were read.</param>
    /// <param name="unread">How many wait: a reader that lags behind needs no larger window.</param>
    /// <param name="now">The time.</param>
    public void Consumed(YamuxStreamState state, long bytes, long unread, TimeSpan now)
    {
        if (state.IsGone || state.RemoteEnded)
            return;
        state.Unreported += bytes;
        if (state.Unreported < state.WindowSize / 2)
            return;
        var growth = state.Unreported;
        state.Unreported = 0;
        if (RoundTripTime is not { } roundTrip)
            QueuePing(now);
        else if (state.WindowSize < _options.MaxWindow && unread < state.WindowSize / 4 && now - state.LastUpdate < 4 * roundTrip)
        {
            // Half a window in under four round trips: the window, not the reader, holds the sender back.
            var larger = (int)Math.Min(_options.MaxWindow, state.WindowSize * 2L);
            growth += larger - state.WindowSize;
            state.WindowSize = larger;
        }
        state.LastUpdate = now;
        state.ReceiveWindow += growth;
        state.WindowDue += growth;
        MakeReady(state);
    }

    /// <summary>The application reads no more: what it left unread is given back, and what still comes may come for a while.</summary>
    public void EndReading(YamuxStreamState state, long dropped, TimeSpan now)
    {
        state.LingerUntil = now + _options.Linger;
        Consumed(state, dropped, unread: 0, now);
    }

    /// <summary>True where the other side has gone on sending for too long to a stream that nobody reads.</summary>
    public static bool IsLingerOver(YamuxStreamState state, TimeSpan now) => state.LingerUntil is { } until && now > until;

    /// <summary>Streams on which the other side has not ended long after reading ended here.</summary>
    public List<YamuxStreamState> TakeLingering(TimeSpan now) => [.. _streams.Values.Where(state => IsLingerOver(state, now))];

    /// <summary>Says that no more streams are taken, or that the session ends.</summary>
    public void GoAway(YamuxGoAway code)
    {
        if (GoneAway)
            return;
        GoneAway = true;
        _control.Enqueue(new YamuxHeader(YamuxType.GoAway, YamuxFlags.None, 0, (uint)code));
    }

    /// <summary>Asks for a ping; it measures the round trip and shows that the other side lives. Does nothing while one is on its way.</summary>
    public void QueuePing(TimeSpan now)
    {
        if (_pingDue || _pingSent is not null)
            return;
        _pingDue = true;
        _pingQueued = now;
    }

    /// <summary>How long the last ping has waited for its answer, or to be sent; null where none is on its way.</summary>
    public TimeSpan? UnansweredFor(TimeSpan now) => _pingSent is not null || _pingDue ? now - _pingQueued : null;

    /// <summary>Takes the next frame to be sent; false where nothing waits or every window is used up.</summary>
    public bool TryTakeFrame(TimeSpan now, out YamuxFrame frame)
    {
        if (_control.TryDequeue(out var control))
        {
            frame = new YamuxFrame(control, null);
            return true;
        }
        if (_pongs.TryDequeue(out var value))
        {
            frame = new YamuxFrame(new YamuxHeader(YamuxType.Ping, YamuxFlags.Ack, 0, value), null);
            return true;
        }
        if (_pingDue)
        {
            _pingDue = false;
            _pingSent = now;
            frame = new YamuxFrame(new YamuxHeader(YamuxType.Ping, YamuxFlags.Syn, 0, ++_pingValue), null);
            return true;
        }
        while (_ready.TryDequeue(out var state))
        {
            state.IsReady = false;
            if (TryTakeFrame(state, out frame))
                return true;
        }
        frame = default;
        return false;
    }

    private bool TryTakeFrame(YamuxStreamState state, out YamuxFrame frame)
    {
        frame = default;
        if (state.RstDue)
        {
            state.RstDue = false;
            _resetsDue--;
            frame = Control(state, YamuxFlags.Rst);
            return true;
        }
        if (state.IsGone)
            return false;
        var opening = TakeOpeningFlags(state);
        if (state.WindowDue > 0)
        {
            var growth = (uint)Math.Min(state.WindowDue, uint.MaxValue);
            state.WindowDue = 0;
            frame = new YamuxFrame(new YamuxHeader(YamuxType.WindowUpdate, opening, state.Id, growth), null);
            if (CanSend(state))
                MakeReady(state);
            return true;
        }
        var count = (int)Math.Min(Math.Min(state.Queued, state.SendWindow), _options.MaxFramePayload);
        if (count > 0)
        {
            state.Queued -= count;
            state.SendWindow -= count;
            state.Answered = true;
            // FIN goes in a frame of its own: js-libp2p takes the flag before the data, which is lost then.
            frame = new YamuxFrame(new YamuxHeader(YamuxType.Data, opening, state.Id, (uint)count), state);
            if (CanSend(state))
                MakeReady(state);
            return true;
        }
        var flags = opening | TakeEnd(state);
        if (flags == YamuxFlags.None)
            return false;
        frame = Control(state, flags);
        RemoveIfEnded(state);
        return true;
    }

    private static bool CanSend(YamuxStreamState state) =>
        (state.Queued > 0 && state.SendWindow > 0) || (state.EndDue && !state.Ended && state.Queued == 0);

    private static YamuxFlags TakeOpeningFlags(YamuxStreamState state)
    {
        var flags = (state.SynDue ? YamuxFlags.Syn : 0) | (state.AckDue ? YamuxFlags.Ack : 0);
        state.SynDue = state.AckDue = false;
        return flags;
    }

    private static YamuxFlags TakeEnd(YamuxStreamState state)
    {
        if (!state.EndDue || state.Ended || state.Queued > 0)
            return YamuxFlags.None;
        state.Ended = true;
        return YamuxFlags.Fin;
    }

    private static YamuxFrame Control(YamuxStreamState state, YamuxFlags flags) =>
        new(new YamuxHeader(YamuxType.WindowUpdate, flags, state.Id, 0), null);

    /// <summary>Notes that a stream of ours will never be acknowledged any more; true where that had been awaited.</summary>
    public static bool Forget(YamuxStreamState state)
    {
        if (state.Role == Role.Listener || state.Acknowledged)
            return false;
        return state.Acknowledged = true;
    }

    private void MakeReady(YamuxStreamState state)
    {
        if (state.IsReady)
            return;
        state.IsReady = true;
        _ready.Enqueue(state);
    }
}
