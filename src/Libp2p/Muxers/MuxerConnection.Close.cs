namespace Libp2p.Muxers;

/// <summary>How a session ends: in good order, by a broken link, by silence, by a broken protocol.</summary>
internal abstract partial class MuxerConnection
{
    /// <summary>How long a closing session waits for what was flushed to be sent, and for the other side to close too.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource<CloseReason> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _readEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _pumpEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CloseReason? _reason;

    public Task<CloseReason> Closed => _closed.Task;

    /// <summary>Says to the other side that the session ends, where the protocol has a word for it.</summary>
    protected abstract void SayGoodbye(bool forViolation);

    /// <summary>Empties the table, and gives what was in it. Asked under <see cref="Gate"/>.</summary>
    protected abstract MuxerStream[] TakeStreams();

    /// <summary>The session has ended: whoever waits for something else must wait no more.</summary>
    protected abstract void OnEnded();

    /// <summary>Runs on the timer: why the other side counts as gone, if it does.</summary>
    /// <param name="overdue">Receives the streams on which the other side has gone on sending for too long to nobody: they are reset.</param>
    protected abstract CloseReason? FindSilence(List<MuxerStream> overdue);

    /// <summary>A stream that was reset since it came on and on while nobody read: its writing end fails.</summary>
    protected static void FailLingering(MuxerStream stream) => stream.Writer.Fail(
        new StreamResetException("The stream was reset: the other side went on sending long after reading ended here.", byRemote: false));

    /// <summary>Bytes were flushed while another thread ended writing, and come behind the end: nobody will take them.</summary>
    protected static void FailLate(MuxerStream stream) => stream.Writer.Fail(
        new StreamResetException("Writing on the stream was ended while this was written.", byRemote: false));

    public void Abort(CloseReason reason)
    {
        if (TryEnd(reason))
            AbortLink(reason);
    }

    public ValueTask DisposeAsync() => CloseAsync(CloseReason.LocalClose);

    public async ValueTask CloseAsync(CloseReason reason)
    {
        if (!_closed.Task.IsCompleted)
        {
            SayGoodbye(forViolation: false);
            await DrainAsync().ConfigureAwait(false);
        }
        if (TryEnd(reason))
        {
            EndPump();
            await WithinFarewell(_pumpEnded.Task).ConfigureAwait(false);
            if (_pumpEnded.Task.IsCompleted)
                await WithinFarewell(_readEnded.Task).ConfigureAwait(false);
            AbortLink(reason);
        }
        await Task.WhenAll(_pumpEnded.Task, _readEnded.Task).ConfigureAwait(false);
        await Link.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Ends the session for a reason that the loops found; a violation is told to the other side first.</summary>
    private async Task EndAsync(CloseReason reason)
    {
        if (!TryEnd(reason))
            return;
        MuxerLog.Ended(Logger, Link.RemotePeer, reason);
        if (reason.Code == CloseCode.ProtocolViolation)
        {
            SayGoodbye(forViolation: true);
            EndPump();
            await WithinFarewell(_pumpEnded.Task).ConfigureAwait(false);
            if (_pumpEnded.Task.IsCompleted)
            {
                // In good order: an abort would take the go-away with it.
                await Link.DisposeAsync().ConfigureAwait(false);
                return;
            }
        }
        AbortLink(reason);
    }

    private void AbortLink(CloseReason reason)
    {
        Link.Abort(new Libp2pException(Libp2pError.ConnectionClosed, $"The connection has ended: {reason}."));
        EndPump();
    }

    /// <summary>Fails every stream and every waiter, once; false where it has ended already.</summary>
    private bool TryEnd(CloseReason reason)
    {
        if (Interlocked.CompareExchange(ref _reason, reason, null) is not null)
            return false;
        // First the door, then the streams: one that comes in meanwhile finds it shut and is reset by who brings it.
        _accepted.Writer.TryComplete();
        _timer.Dispose();
        MuxerStream[] streams;
        lock (Gate)
            streams = TakeStreams();
        // Whoever is told finds no stream any more, and whose stream fails finds the session closed.
        _closed.TrySetResult(reason);
        var failure = Lost();
        foreach (var stream in streams)
            stream.Fail(failure, dropUnread: false);
        while (_accepted.Reader.TryRead(out var unaccepted))
            unaccepted.Reader.Complete(); // Nobody will read what it holds.
        OnEnded();
        return true;
    }

    /// <summary>What streams that are lost, or cannot be opened any more, fail with.</summary>
    protected Libp2pException Lost()
    {
        var reason = Volatile.Read(ref _reason) ?? new CloseReason(CloseCode.RemoteClose, "it takes no more streams");
        return new Libp2pException(Libp2pError.ConnectionClosed, $"The connection to {Link.RemotePeer} has ended: {reason}.");
    }

    /// <summary>Waits until the pump has sent what is ready, within bounds.</summary>
    private async Task DrainAsync()
    {
        Task idle;
        lock (Gate)
        {
            if (_isPumpOver || (_isWaitingForWork && !HasFrame))
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
            await task.WaitAsync(Farewell, Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The other side is slow to leave: it is left behind.
        }
    }

    /// <summary>Runs on the timer: a flush that hangs or a silent peer ends the session.</summary>
    private void CheckLiveness()
    {
        if (_closed.Task.IsCompleted)
            return;
        var flushBegan = Volatile.Read(ref _flushBegan);
        if (flushBegan != NotFlushing && Time.GetElapsedTime(flushBegan) >= _bounds.WriteTimeout)
        {
            Abort(new CloseReason(CloseCode.Timeout, $"it took no data for {_bounds.WriteTimeout.TotalSeconds:0} s"));
            return;
        }
        var overdue = new List<MuxerStream>();
        if (FindSilence(overdue) is { } silence)
        {
            Abort(silence);
            return;
        }
        foreach (var stream in overdue)
            stream.Reset();
        Pump();
    }
}
