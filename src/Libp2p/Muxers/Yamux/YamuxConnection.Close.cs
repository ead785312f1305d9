namespace Libp2p.Muxers.Yamux;

/// <summary>How a session ends: in good order, by a broken link, by silence, by a broken protocol.</summary>
internal sealed partial class YamuxConnection
{
    /// <summary>How long a closing session waits for what was flushed to be sent, and for the other side to close too.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource<CloseReason> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _readEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _pumpEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CloseReason? _reason;
    private string? _goneAwayError;

    public Task<CloseReason> Closed => _closed.Task;

    public void Abort(CloseReason reason)
    {
        if (TryEnd(reason))
            AbortLink(reason);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_closed.Task.IsCompleted)
        {
            lock (_gate)
                _machine.GoAway(YamuxGoAway.Normal);
            await DrainAsync().ConfigureAwait(false);
        }
        if (TryEnd(CloseReason.LocalClose))
        {
            EndPump();
            await WithinFarewell(_pumpEnded.Task).ConfigureAwait(false);
            if (_pumpEnded.Task.IsCompleted)
                await WithinFarewell(_readEnded.Task).ConfigureAwait(false);
            AbortLink(CloseReason.LocalClose);
        }
        await Task.WhenAll(_pumpEnded.Task, _readEnded.Task).ConfigureAwait(false);
        await _link.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Ends the session for a reason that the loops found; a violation is told to the other side first.</summary>
    private async Task EndAsync(CloseReason reason)
    {
        if (!TryEnd(reason))
            return;
        YamuxLog.Ended(_logger, _link.RemotePeer, reason);
        if (reason.Code == CloseCode.ProtocolViolation)
        {
            lock (_gate)
                _machine.GoAway(YamuxGoAway.ProtocolError);
            EndPump();
            await WithinFarewell(_pumpEnded.Task).ConfigureAwait(false);
            if (_pumpEnded.Task.IsCompleted)
            {
                // In good order: an abort would take the go-away with it.
                await _link.DisposeAsync().ConfigureAwait(false);
                return;
            }
        }
        AbortLink(reason);
    }

    private void AbortLink(CloseReason reason)
    {
        _link.Abort(new Libp2pException(Libp2pError.ConnectionClosed, $"The connection has ended: {reason}."));
        EndPump();
    }

    /// <summary>Fails every stream and every waiter, once; false where it has ended already.</summary>
    private bool TryEnd(CloseReason reason)
    {
        if (Interlocked.CompareExchange(ref _reason, reason, null) is not null)
            return false;
        _closed.TrySetResult(reason);
        // First the door, then the streams: one that comes in meanwhile finds it shut and is reset by who brings it.
        _accepted.Writer.TryComplete();
        _timer.Dispose();
        YamuxStreamState[] states;
        lock (_gate)
        {
            states = [.. _machine.Streams];
            _machine.Clear();
        }
        var failure = Lost();
        foreach (var state in states)
            state.Stream?.Fail(failure, dropUnread: false);
        while (_accepted.Reader.TryRead(out var unaccepted))
            unaccepted.Reader.Complete(); // Nobody will read what it holds.
        _unacknowledged.Release(_options.MaxUnacknowledged);
        return true;
    }

    private Libp2pException Lost()
    {
        var reason = Volatile.Read(ref _reason) ?? new CloseReason(CloseCode.RemoteClose, "it takes no more streams");
        return new Libp2pException(Libp2pError.ConnectionClosed, $"The connection to {_link.RemotePeer} has ended: {reason}.");
    }

    /// <summary>Waits until the pump has sent what is ready, within bounds.</summary>
    private async Task DrainAsync()
    {
        Task idle;
        lock (_gate)
        {
            if (_isPumpOver || (_isWaitingForWork && !_machine.HasFrame))
                return;
            if (_idle is null || _idle.Task.IsCompleted)
                _idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            idle = _idle.Task;
        }
        Pump();
        await WithinFarewell(idle).ConfigureAwait(false);
    }

    private async Task WithinFarewell(Task task)
    {
        try
        {
            await task.WaitAsync(Farewell, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The other side is slow to leave: it is left behind.
        }
    }

    /// <summary>Runs on the timer: a flush that hangs or a ping without answer ends the session; else it pings.</summary>
    private void CheckLiveness()
    {
        if (_closed.Task.IsCompleted)
            return;
        var flushBegan = Volatile.Read(ref _flushBegan);
        if (flushBegan != NotFlushing && _time.GetElapsedTime(flushBegan) >= _options.WriteTimeout)
        {
            Abort(new CloseReason(CloseCode.Timeout, $"it took no data for {_options.WriteTimeout.TotalSeconds:0} s"));
            return;
        }
        var now = Now;
        bool silent;
        List<YamuxStreamState> lingering;
        lock (_gate)
        {
            // Whatever arrives is a sign of life: an answer may wait behind a great deal of data.
            silent = _machine.UnansweredFor(now) >= _options.KeepAlive && now.Ticks - Volatile.Read(ref _lastReceived) >= _options.KeepAlive.Ticks;
            if (now - _machine.LastPing >= _options.KeepAlive)
                _machine.QueuePing(now);
            lingering = _machine.TakeLingering(now);
        }
        if (silent)
        {
            Abort(new CloseReason(CloseCode.Timeout, $"it did not answer a ping for {_options.KeepAlive.TotalSeconds:0} s"));
            return;
        }
        foreach (var state in lingering)
            state.Stream?.Reset();
        Pump();
    }
}
