using Microsoft.Extensions.Logging;

namespace Libp2p.Muxers.Yamux;

/// <summary>A yamux session: what its frames mean (<c>YamuxConnection.Read.cs</c>), its windows, its pings.</summary>
internal sealed partial class YamuxConnection : MuxerConnection
{
    private readonly YamuxOptions _options;
    private readonly YamuxMachine _machine;
    private readonly SemaphoreSlim _unacknowledged;

    public YamuxConnection(SecureLink link, Role role, YamuxOptions options, TimeProvider time, ILogger logger)
        : base(link, new MuxerBounds(options.MaxUnacknowledged, options.MaxBuffered, options.WriteTimeout, options.KeepAlive / 3), time, logger)
    {
        _options = options;
        _machine = new YamuxMachine(role, options);
        _unacknowledged = new SemaphoreSlim(options.MaxUnacknowledged);
        Start();
    }

    public override int StreamCount
    {
        get
        {
            lock (Gate)
                return _machine.StreamCount;
        }
    }

    public override TimeSpan? RoundTripTime
    {
        get
        {
            lock (Gate)
                return _machine.RoundTripTime;
        }
    }

    protected override bool HasFrame => _machine.HasFrame;

    public override async ValueTask<MuxedStream> OpenAsync(CancellationToken cancellationToken)
    {
        if (!_unacknowledged.Wait(0, CancellationToken.None))
            await _unacknowledged.WaitAsync(cancellationToken).ConfigureAwait(false);
        lock (Gate)
        {
            if (!Closed.IsCompleted && _machine.Open() is { } state)
                return new YamuxStream(this, state);
        }
        _unacknowledged.Release();
        throw Lost();
    }

    public void Queue(YamuxStreamState state, int bytes)
    {
        bool taken;
        lock (Gate)
            taken = _machine.Queue(state, bytes);
        if (!taken)
            FailLate(state.Stream!);
        Pump();
    }

    public void EndWriting(YamuxStreamState state, int bytes)
    {
        lock (Gate)
        {
            _machine.Queue(state, bytes);
            _machine.EndWriting(state);
        }
        Pump();
    }

    public void Consumed(YamuxStreamState state, long bytes, long unread)
    {
        lock (Gate)
        {
            _machine.Consumed(state, bytes, unread, Now);
            if (!state.IsReady)
                return;
        }
        Pump();
    }

    public void EndReading(YamuxStreamState state, long dropped)
    {
        lock (Gate)
            _machine.EndReading(state, dropped, Now);
        Pump();
    }

    public void Reset(YamuxStreamState state)
    {
        bool unacknowledged;
        lock (Gate)
        {
            unacknowledged = YamuxMachine.Forget(state);
            _machine.Reset(state);
        }
        if (unacknowledged)
            _unacknowledged.Release();
        Pump();
    }

    protected override void OnAccepted(MuxerStream stream)
    {
        lock (Gate)
            _machine.Accept(((YamuxStream)stream).State);
        Pump();
    }

    protected override int TakeFrame()
    {
        YamuxFrame frame;
        lock (Gate)
        {
            if (!_machine.TryTakeFrame(Now, out frame))
                return NoFrame;
        }
        var size = YamuxHeader.Size + (frame.PayloadOf is null ? 0 : (int)frame.Header.Length);
        var memory = Link.Output.GetMemory(size).Span;
        if (frame.PayloadOf is { } state && state.Stream!.Writer.Take(memory[YamuxHeader.Size..size]) != frame.Header.Length)
            return 0; // Reset since the frame was taken: its reset follows.
        frame.Header.Write(memory);
        Link.Output.Advance(size);
        return size;
    }

    protected override void SayGoodbye(bool forViolation)
    {
        lock (Gate)
            _machine.GoAway(forViolation ? YamuxGoAway.ProtocolError : YamuxGoAway.Normal);
    }

    protected override MuxerStream[] TakeStreams()
    {
        MuxerStream[] streams = [.. _machine.Streams.Select(state => state.Stream!)];
        _machine.Clear();
        return streams;
    }

    protected override void OnEnded() => _unacknowledged.Release(_options.MaxUnacknowledged);

    /// <summary>A ping without answer ends the session; else it pings.</summary>
    protected override CloseReason? FindSilence(List<MuxerStream> overdue)
    {
        var now = Now;
        lock (Gate)
        {
            // Whatever arrives is a sign of life: an answer may wait behind a great deal of data.
            if (_machine.UnansweredFor(now) >= _options.KeepAlive && now - LastReceived >= _options.KeepAlive)
                return new CloseReason(CloseCode.Timeout, $"it did not answer a ping for {_options.KeepAlive.TotalSeconds:0} s");
            if (now - _machine.LastPing >= _options.KeepAlive)
                _machine.QueuePing(now);
            overdue.AddRange(_machine.TakeLingering(now).Select(state => state.Stream!));
        }
        return null;
    }
}
