namespace Libp2p.Muxers.Yamux;

/// <summary>
/// The state of a yamux session: streams, windows, pings, the order of what is sent. Pure: it sees headers and counts,
/// never payload, clock or link. On the data path its owner calls it under one lock, without queue or effect objects.
/// </summary>
/// <remarks>Receiving is in this file; sending in <c>YamuxMachine.Send.cs</c>.</remarks>
internal sealed partial class YamuxMachine
{
    /// <summary>Refusals and resets of streams that may wait to be sent; a peer that makes more while it reads nothing is cut off.</summary>
    private const int MaxQueuedControl = 1024;

    private readonly YamuxOptions _options;
    private readonly Dictionary<uint, YamuxStreamState> _streams = [];
    private readonly uint _remoteParity;
    private TokenBucket _abandoned;
    private uint _nextId;
    private int _inbound;
    private int _unaccepted;

    public YamuxMachine(Role role, YamuxOptions options)
    {
        _options = options;
        _nextId = role == Role.Dialer ? 1u : 2u;
        _remoteParity = role == Role.Dialer ? 0u : 1u;
        _abandoned = new TokenBucket(options.AbandonedStreamsPerSecond, options.AbandonedStreamsBurst);
    }

    public int StreamCount => _streams.Count;

    public IEnumerable<YamuxStreamState> Streams => _streams.Values;

    /// <summary>The other side has said that it takes no more streams.</summary>
    public bool RemoteGoneAway { get; private set; }

    /// <summary>This side has said so.</summary>
    public bool GoneAway { get; private set; }

    public TimeSpan? RoundTripTime { get; private set; }

    /// <summary>Opens a stream; the caller has made sure that not too many are unacknowledged. Null once the numbers are used up or the session ends.</summary>
    public YamuxStreamState? Open()
    {
        if (RemoteGoneAway || GoneAway || _nextId > uint.MaxValue - 2)
            return null;
        var state = new YamuxStreamState(_nextId, Role.Dialer) { SynDue = true, Answered = true };
        _nextId += 2;
        _streams.Add(state.Id, state);
        return state;
    }

    /// <summary>Takes the header of a frame that has arrived.</summary>
    public YamuxOutcome Receive(in YamuxHeader header, TimeSpan now) => header.Type switch
    {
        YamuxType.Ping => ReceivePing(header, now),
        YamuxType.GoAway => ReceiveGoAway(header),
        _ => ReceiveForStream(header, now),
    };

    /// <summary>The application here has taken a stream that the other side opened: tell it so.</summary>
    public void Accept(YamuxStreamState state)
    {
        _unaccepted--;
        if (state.IsGone)
            return;
        state.AckDue = true;
        MakeReady(state);
    }

    private YamuxOutcome ReceiveForStream(in YamuxHeader header, TimeSpan now)
    {
        if (header.StreamId == 0)
            return YamuxOutcome.Violation("a frame for stream 0");
        var events = YamuxEvents.None;
        _streams.TryGetValue(header.StreamId, out var state);
        if (header.Has(YamuxFlags.Syn))
        {
            if (state is not null)
                return YamuxOutcome.Violation($"stream {header.StreamId} was opened twice");
            if ((header.StreamId & 1) != _remoteParity)
                return YamuxOutcome.Violation($"stream {header.StreamId} has a number of this side");
            if (header.Type == YamuxType.Data && header.Length > YamuxOptions.InitialWindow)
                return YamuxOutcome.Violation($"{header.Length} bytes on a new stream are beyond its window");
            // Before there is a stream: one that nobody was told of must not be in the table when the session ends.
            if (header.Type == YamuxType.WindowUpdate && GrowsBeyondLimit(YamuxOptions.InitialWindow, header))
                return WindowOverflow(header);
            if (header.Has(YamuxFlags.Rst))
                return CountAbandoned(now) ? Unclaimed(header) : TooManyAbandoned();
            state = OpenInbound(header.StreamId);
            if (state is null)
                return Refuse(header, now);
            events = YamuxEvents.Opened;
        }
        if (state is null)
            return Unclaimed(header);
        if (state.Role == Role.Dialer && !state.Acknowledged)
        {
            // Any frame shows that the other side has it, with the ACK flag or without.
            state.Acknowledged = true;
            events |= YamuxEvents.Acknowledged;
        }
        if (header.Has(YamuxFlags.Rst))
            return ReceiveReset(header, state, events, now);
        if (header.Type == YamuxType.WindowUpdate)
        {
            if (GrowsBeyondLimit(state.SendWindow, header))
                return WindowOverflow(header);
            state.SendWindow += header.Length;
            if (state.Queued > 0)
            {
                MakeReady(state);
                events |= YamuxEvents.Send;
            }
        }
        else
        {
            if (header.Length > state.ReceiveWindow)
                return YamuxOutcome.Violation($"{header.Length} bytes on stream {header.StreamId} are beyond its window of {state.ReceiveWindow}");
            if (header.Length > 0 && state.RemoteEnded)
                return YamuxOutcome.Violation($"data on stream {header.StreamId} after its end");
            state.ReceiveWindow -= header.Length;
            events |= header.Length > 0 ? YamuxEvents.Body : YamuxEvents.None;
        }
        if (header.Has(YamuxFlags.Fin) && !state.RemoteEnded)
        {
            state.RemoteEnded = true;
            events |= YamuxEvents.Ended;
            RemoveIfEnded(state);
        }
        return new YamuxOutcome(events, state);
    }

    private static bool GrowsBeyondLimit(long window, in YamuxHeader header) => window + header.Length > uint.MaxValue;

    private static YamuxOutcome WindowOverflow(in YamuxHeader header) =>
        YamuxOutcome.Violation($"the window of stream {header.StreamId} grew beyond 2^32");

    private YamuxOutcome ReceiveReset(in YamuxHeader header, YamuxStreamState state, YamuxEvents events, TimeSpan now)
    {
        if (state.Role == Role.Listener && !state.Answered && !CountAbandoned(now))
            return TooManyAbandoned(); // It stays in the table, and ends with all the others.
        Remove(state);
        if (header.Type == YamuxType.Data && header.Length > 0)
            events |= YamuxEvents.Skip;
        return new YamuxOutcome(events | YamuxEvents.Reset, state);
    }

    /// <summary>A frame for a stream that is not there is normal: it crossed our reset, or our end. Its payload is read past.</summary>
    private YamuxOutcome Unclaimed(in YamuxHeader header)
    {
        if (header.Type != YamuxType.Data || header.Length == 0)
            return default;
        return header.Length > _options.MaxWindow
            ? YamuxOutcome.Violation($"a frame of {header.Length} bytes is larger than any window")
            : new YamuxOutcome(YamuxEvents.Skip);
    }

    private YamuxStreamState? OpenInbound(uint id)
    {
        if (GoneAway || _inbound >= _options.MaxInboundStreams || _unaccepted >= _options.MaxUnacknowledged || _resetsDue >= MaxQueuedControl)
            return null;
        _inbound++;
        _unaccepted++;
        var state = new YamuxStreamState(id, Role.Listener) { Acknowledged = true };
        _streams.Add(id, state);
        return state;
    }

    private YamuxOutcome Refuse(in YamuxHeader header, TimeSpan now)
    {
        if (_control.Count + _resetsDue >= MaxQueuedControl || !CountAbandoned(now))
            return YamuxOutcome.Violation("streams were opened far beyond the limit");
        _control.Enqueue(new YamuxHeader(YamuxType.WindowUpdate, YamuxFlags.Rst, header.StreamId, 0));
        var skip = header.Type == YamuxType.Data && header.Length > 0 ? YamuxEvents.Skip : YamuxEvents.None;
        return new YamuxOutcome(skip | YamuxEvents.Send);
    }

    private bool CountAbandoned(TimeSpan now) => _abandoned.TryTake(now);

    private static YamuxOutcome TooManyAbandoned() => YamuxOutcome.Violation("streams were opened and reset without end");

    private YamuxOutcome ReceivePing(in YamuxHeader header, TimeSpan now)
    {
        if (header.StreamId != 0)
            return YamuxOutcome.Violation("a ping for a stream");
        if (header.Has(YamuxFlags.Ack))
        {
            if (_pingSent is { } sent && header.Length == _pingValue)
            {
                RoundTripTime = now - sent;
                _pingSent = null;
            }
            return default;
        }
        if (_pongs.Count >= _options.MaxQueuedPongs)
            return default;
        _pongs.Enqueue(header.Length);
        return new YamuxOutcome(YamuxEvents.Send);
    }

    private YamuxOutcome ReceiveGoAway(in YamuxHeader header)
    {
        if (header.StreamId != 0)
            return YamuxOutcome.Violation("a go-away for a stream");
        RemoteGoneAway = true;
        return new YamuxOutcome(YamuxEvents.GoneAway, null, (YamuxGoAway)header.Length switch
        {
            YamuxGoAway.Normal => null,
            YamuxGoAway.ProtocolError => "it says that this side broke the protocol",
            YamuxGoAway.InternalError => "it says that it has an internal error",
            _ => $"it gave the unknown code {header.Length}",
        });
    }

    /// <summary>The session has ended: there are no streams any more.</summary>
    public void Clear()
    {
        foreach (var state in _streams.Values)
            state.IsGone = true;
        _streams.Clear();
        _inbound = 0;
    }

    private void RemoveIfEnded(YamuxStreamState state)
    {
        if (state.Ended && state.RemoteEnded)
            Remove(state);
    }

    private void Remove(YamuxStreamState state)
    {
        if (state.IsGone)
            return;
        state.IsGone = true;
        state.Queued = 0;
        if (state.Role == Role.Listener)
            _inbound--;
        _streams.Remove(state.Id);
    }
}
