namespace Libp2p.Muxers.Mplex;

/// <summary>
/// The state of an mplex session: streams, what they hold unread, the order of what is sent. Pure: it sees headers and counts,
/// never data, clock or link. On the data path its owner calls it under one lock, without queue or effect objects.
/// </summary>
/// <remarks>Receiving is in this file; sending in <c>MplexMachine.Send.cs</c>.</remarks>
internal sealed partial class MplexMachine
{
    /// <summary>Resets that may wait to be sent; a peer that makes more while it reads nothing is cut off.</summary>
    private const int MaxQueuedResets = 1024;

    private readonly MplexOptions _options;
    private readonly Dictionary<(long Id, Role Role), MplexStreamState> _streams = [];
    private TokenBucket _abandoned;
    private long _nextId;
    private int _inbound;
    private int _unaccepted;
    private bool _isOver;

    public MplexMachine(MplexOptions options)
    {
        _options = options;
        _abandoned = new TokenBucket(options.AbandonedStreamsPerSecond, options.AbandonedStreamsBurst);
    }

    public int StreamCount => _streams.Count;

    public IEnumerable<MplexStreamState> Streams => _streams.Values;

    /// <summary>Opens a stream. Null once the numbers are used up or the session is over.</summary>
    public MplexStreamState? Open()
    {
        if (_isOver || _nextId > MplexHeader.MaxStreamId)
            return null;
        var state = new MplexStreamState(_nextId++, Role.Dialer) { OpenDue = true };
        _streams.Add((state.Id, state.Role), state);
        return state;
    }

    /// <summary>The stream that the message is for but that has no room for it: wait with it. Null where it can be taken.</summary>
    public MplexStreamState? FullFor(in MplexHeader header) =>
        header is { Length: > 0, Flag: MplexFlag.MessageInitiator or MplexFlag.MessageReceiver } && Find(header) is { } state && IsFull(state, header.Length)
            ? state
            : null;

    /// <summary>Whether a stream has no room for so many more bytes.</summary>
    public bool IsFull(MplexStreamState state, int length) =>
        state is { IsGone: false, LingerUntil: null, UnreadEnds: { Count: > 0 } unread }
        && (unread.Count >= _options.MaxUnreadMessages || state.Received - state.Consumed + length > _options.MaxUnread);

    /// <summary>Takes the header of a message that has arrived.</summary>
    public MplexOutcome Receive(in MplexHeader header, TimeSpan now)
    {
        if (header.Flag == MplexFlag.NewStream)
            return ReceiveOpen(header, now);
        if (Find(header) is not { } state)
            return Unclaimed(header); // Normal: it crossed our reset, or our end.
        switch (header.Flag)
        {
            case MplexFlag.MessageInitiator or MplexFlag.MessageReceiver:
                if (header.Length == 0)
                    return default;
                if (state.RemoteEnded)
                    return MplexOutcome.Violation($"data on stream {header.StreamId} after its end");
                Count(state, header.Length);
                return new MplexOutcome(MplexEvents.Body, state);
            case MplexFlag.CloseInitiator or MplexFlag.CloseReceiver:
                var events = Unclaimed(header).Events;
                if (!state.RemoteEnded)
                {
                    state.RemoteEnded = true;
                    events |= MplexEvents.Ended;
                    RemoveIfEnded(state);
                }
                return new MplexOutcome(events, state);
            default:
                if (state.Role == Role.Listener && !state.Answered && !_abandoned.TryTake(now))
                    return TooManyAbandoned(); // It stays in the table, and ends with all the others.
                Remove(state);
                return new MplexOutcome(Unclaimed(header).Events | MplexEvents.Reset, state);
        }
    }

    /// <summary>The application here has taken a stream that the other side opened.</summary>
    public void Accept() => _unaccepted--;

    /// <summary>The session is over: there are no streams any more, and no new ones.</summary>
    public void Close()
    {
        _isOver = true;
        foreach (var state in _streams.Values)
            state.IsGone = true;
        _streams.Clear();
        _inbound = 0;
    }

    private MplexOutcome ReceiveOpen(in MplexHeader header, TimeSpan now)
    {
        // The stream's name, which nobody needs, is read past.
        var skip = Unclaimed(header).Events;
        if (_isOver)
            return new MplexOutcome(skip);
        if (_streams.ContainsKey((header.StreamId, Role.Listener)))
            return MplexOutcome.Violation($"stream {header.StreamId} was opened twice");
        // Those that nobody has taken yet count even where they were reset meanwhile: they wait all the same.
        if (Math.Max(_inbound, _unaccepted) < _options.MaxInboundStreams && _resetsDue < MaxQueuedResets)
        {
            _inbound++;
            _unaccepted++;
            var state = new MplexStreamState(header.StreamId, Role.Listener);
            _streams.Add((state.Id, state.Role), state);
            return new MplexOutcome(skip | MplexEvents.Opened, state);
        }
        if (_refusals.Count + _resetsDue >= MaxQueuedResets || !_abandoned.TryTake(now))
            return MplexOutcome.Violation("streams were opened far beyond the limit");
        _refusals.Enqueue(header.StreamId);
        return new MplexOutcome(skip | MplexEvents.Send);
    }

    /// <summary>What is sent by a stream's initiator is for one that the other side opened.</summary>
    private MplexStreamState? Find(in MplexHeader header) =>
        _streams.GetValueOrDefault((header.StreamId, header.IsByInitiator ? Role.Listener : Role.Dialer));

    private static MplexOutcome Unclaimed(in MplexHeader header) => header.Length == 0 ? default : new MplexOutcome(MplexEvents.Skip);

    private static MplexOutcome TooManyAbandoned() => MplexOutcome.Violation("streams were opened and reset without end");

    private static void Count(MplexStreamState state, int length)
    {
        state.Received += length;
        if (state.LingerUntil is not null)
            return;
        state.UnreadEnds ??= new Queue<long>();
        state.UnreadEnds.Enqueue(state.Received);
    }

    private void RemoveIfEnded(MplexStreamState state)
    {
        if (state.Ended && state.RemoteEnded)
            Remove(state);
    }

    private void Remove(MplexStreamState state)
    {
        if (state.IsGone)
            return;
        state.IsGone = true;
        state.Queued = 0;
        if (state.Role == Role.Listener)
            _inbound--;
        _streams.Remove((state.Id, state.Role));
    }
}
