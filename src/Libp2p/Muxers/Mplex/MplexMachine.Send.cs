namespace Libp2p.Muxers.Mplex;

/// <summary>The sending half: what waits, and in which order it leaves.</summary>
internal sealed partial class MplexMachine
{
    private readonly Queue<MplexStreamState> _ready = new();
    private readonly Queue<long> _refusals = new();
    private int _resetsDue;

    /// <summary>True where something waits to be sent.</summary>
    public bool HasFrame => _refusals.Count > 0 || _ready.Count > 0;

    /// <summary>The application flushed bytes; with none, it only wants the stream to be known to the other side.</summary>
    /// <returns>False where the close has been sent: a flush that crossed the end of writing comes too late.</returns>
    public bool Queue(MplexStreamState state, long bytes)
    {
        if (state.Ended && bytes > 0)
            return false;
        if (state.IsGone || (bytes == 0 && !state.OpenDue))
            return true;
        state.Queued += bytes;
        MakeReady(state);
        return true;
    }

    /// <summary>The application ended writing; the close follows what is queued.</summary>
    public void EndWriting(MplexStreamState state)
    {
        if (state.IsGone || state.EndDue)
            return;
        state.EndDue = true;
        MakeReady(state);
    }

    /// <summary>The application reset the stream.</summary>
    public void Reset(MplexStreamState state)
    {
        if (state.IsGone)
            return;
        Remove(state);
        if (state.OpenDue)
            return; // The other side never heard of it.
        state.ResetDue = true;
        _resetsDue++;
        MakeReady(state);
    }

    /// <summary>The application read bytes: there is room for as many.</summary>
    public static void Consumed(MplexStreamState state, long bytes)
    {
        state.Consumed += bytes;
        while (state.UnreadEnds is { } unread && unread.TryPeek(out var end) && end <= state.Consumed)
            unread.Dequeue();
    }

    /// <summary>The application reads no more: what still comes may come for a while, and is dropped.</summary>
    public void EndReading(MplexStreamState state, TimeSpan now)
    {
        state.LingerUntil = now + _options.Linger;
        state.UnreadEnds = null;
    }

    /// <summary>True where the other side has gone on sending for too long to a stream that nobody reads.</summary>
    public static bool IsLingerOver(MplexStreamState state, TimeSpan now) => state.LingerUntil is { } until && now > until;

    /// <summary>Takes the next message to be sent; false where nothing waits.</summary>
    public bool TryTakeFrame(out MplexFrame frame)
    {
        if (_refusals.TryDequeue(out var refused))
        {
            frame = new MplexFrame(new MplexHeader(MplexFlag.ResetReceiver, refused, 0), null);
            return true;
        }
        while (_ready.TryDequeue(out var state))
        {
            state.IsReady = false;
            if (!TryTakeFrame(state, out frame))
                continue;
            if (HasMore(state))
                MakeReady(state);
            return true;
        }
        frame = default;
        return false;
    }

    private bool TryTakeFrame(MplexStreamState state, out MplexFrame frame)
    {
        frame = default;
        if (state.ResetDue)
        {
            state.ResetDue = false;
            _resetsDue--;
            frame = Control(state, MplexFlag.ResetInitiator, MplexFlag.ResetReceiver);
            return true;
        }
        if (state.IsGone)
            return false;
        if (state.OpenDue)
        {
            state.OpenDue = false;
            frame = Control(state, MplexFlag.NewStream, MplexFlag.NewStream);
            return true;
        }
        if (state.Queued > 0)
        {
            var count = (int)Math.Min(state.Queued, _options.MaxMessageSent);
            state.Queued -= count;
            state.Answered = true;
            frame = new MplexFrame(new MplexHeader(state.Role == Role.Dialer ? MplexFlag.MessageInitiator : MplexFlag.MessageReceiver, state.Id, count), state);
            return true;
        }
        if (!HasMore(state))
            return false;
        state.Ended = state.Answered = true;
        frame = Control(state, MplexFlag.CloseInitiator, MplexFlag.CloseReceiver);
        RemoveIfEnded(state);
        return true;
    }

    private static bool HasMore(MplexStreamState state) => !state.IsGone && (state.Queued > 0 || (state.EndDue && !state.Ended));

    private static MplexFrame Control(MplexStreamState state, MplexFlag asInitiator, MplexFlag asReceiver) =>
        new(new MplexHeader(state.Role == Role.Dialer ? asInitiator : asReceiver, state.Id, 0), null);

    private void MakeReady(MplexStreamState state)
    {
        if (state.IsReady)
            return;
        state.IsReady = true;
        _ready.Enqueue(state);
    }
}
