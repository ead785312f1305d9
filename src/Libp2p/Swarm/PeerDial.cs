namespace Libp2p.Swarm;

/// <summary>How a dial ended; without a connection and without attempts it was given up, or over before the caller joined.</summary>
internal readonly record struct DialOutcome(PeerConnection? Connection, IReadOnlyList<DialAttempt>? Attempts);

/// <summary>
/// Drives the machine of one dial: one event at a time, in the order of their coming, on the thread of whoever brings one.
/// Its mailbox is bounded by what can be: an event for each caller, and a few for each attempt.
/// </summary>
internal sealed class PeerDial
{
    private readonly Dialer _dialer;
    private readonly DialMachine _machine;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private readonly Queue<Letter> _mailbox = new();
    private readonly Dictionary<Multiaddress, DialAttemptRun> _runs = [];
    private readonly TaskCompletionSource<DialOutcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IProgress<DialProgress>[] _watchers = [];
    private PeerConnection? _connection;
    private readonly TimeSpan _startedAt;
    private TimeSpan? _rankingDelay;
    private int _attempts;
    private bool _busy;

    public PeerDial(Dialer dialer, DialKey key)
    {
        _dialer = dialer;
        Key = key;
        _startedAt = dialer.Now;
        _machine = new(dialer.Options, _startedAt);
        _timer = dialer.TimeProvider.CreateTimer(static dial => ((PeerDial)dial!).Post(null), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public DialKey Key { get; }

    /// <summary>Waits for the end of the dial with the others. A cancellation ends this wait alone, and the dial with the last one.</summary>
    public async Task<DialOutcome> JoinAsync(IReadOnlyList<DialCandidate> candidates, bool byUser, IProgress<DialProgress>? progress, CancellationToken cancellationToken)
    {
        Watch(progress, isWatching: true);
        var joining = new Joining(candidates, byUser);
        Post(null, joining: joining);
        try
        {
            var outcome = await _outcome.Task.WaitAsync(cancellationToken).ConfigureAwait(false);

            // It failed before it heard of these addresses: what it says is about others.
            return outcome.Connection is null && !joining.IsTaken ? default : outcome;
        }
        catch (OperationCanceledException)
        {
            Post(new DialInput.WaiterRemoved());
            throw;
        }
        finally
        {
            Watch(progress, isWatching: false);
        }
    }

    /// <summary>Tells whoever watches that an attempt has come to a stage.</summary>
    public void Tell(Multiaddress address, DialStage stage)
    {
        foreach (var watcher in Volatile.Read(ref _watchers))
            watcher.Report(new(address, stage, _dialer.Now - _startedAt));
    }

    /// <summary>Brings an event; null where time has passed.</summary>
    public void Post(DialInput? input) => Post(input, offer: null);

    /// <summary>Offers a connection; the answer is whether it was taken, and if not, why it must be closed.</summary>
    public Task<(AttemptOutcome Outcome, DialAttempt? Refusal)> OfferAsync(DialAttemptRun run, PeerConnection connection)
    {
        var offer = new Offer(run, connection);
        Post(null, offer: offer);
        return offer.Answer.Task;
    }

    private void Post(DialInput? input, Offer? offer = null, Joining? joining = null)
    {
        lock (_lock)
        {
            // The time is taken where the order is made, so that it never goes back.
            _mailbox.Enqueue(new(input, offer, joining, _dialer.Now));
            if (_busy)
                return;
            _busy = true;
        }
        while (true)
        {
            Letter letter;
            lock (_lock)
            {
                if (!_mailbox.TryDequeue(out letter))
                {
                    _busy = false;
                    return;
                }
            }
            Take(letter);
        }
    }

    private void Take(Letter letter)
    {
        if (letter.Offer is { } offer)
            TakeOffer(offer, letter.Now);
        else if (letter.Joining is { } joining)
            Take(joining, letter.Now);
        else if (letter.Input is { } input)
            _machine.Advance(input, letter.Now);
        else
            _machine.Elapse(letter.Now);

        if (letter.Input is DialInput.AttemptFailed { Attempt.Address: var ended })
            _runs.Remove(ended);
        else if (letter.Input is DialInput.NameResolved { Address: var resolved })
            _runs.Remove(resolved);
        while (_machine.TryTake(out var effect))
            Do(effect);
        if (_machine.Deadline is { } deadline)
        {
            // Timers count milliseconds; rounded up, none comes too early.
            var due = Math.Ceiling(Math.Max(0, (deadline - _dialer.Now).TotalMilliseconds));
            _timer.Change(TimeSpan.FromMilliseconds(due), Timeout.InfiniteTimeSpan);
        }
    }

    private void Watch(IProgress<DialProgress>? progress, bool isWatching)
    {
        if (progress is null)
            return;
        lock (_lock)
            _watchers = isWatching ? [.. _watchers, progress] : [.. _watchers.Where(w => w != progress)];
    }

    private void Take(Joining joining, TimeSpan now)
    {
        _machine.Advance(new DialInput.WaiterAdded(), now);
        joining.IsTaken = !_machine.IsFinished;
        _machine.Advance(new DialInput.AddressesFound(joining.Candidates, joining.ByUser), now);
    }

    private void TakeOffer(Offer offer, TimeSpan now)
    {
        var (run, connection) = (offer.Run, offer.Connection);
        var late = _machine.IsFinished;
        var refusal = late ? Refusal(run, "the dial was over before", Libp2pError.ConnectionClosed, now) : Admit(run, connection, now);
        _runs.Remove(run.Address);
        if (refusal is null)
        {
            _rankingDelay = run.StartedAt - _startedAt;
            _machine.Advance(new DialInput.AttemptSucceeded(run.Address), now);
        }
        else
            _machine.Advance(new DialInput.AttemptFailed(refusal), now);
        offer.Answer.SetResult((refusal is null ? AttemptOutcome.Succeeded : late ? AttemptOutcome.Late : AttemptOutcome.Failed, refusal));
    }

    private DialAttempt? Admit(DialAttemptRun run, PeerConnection connection, TimeSpan now)
    {
        try
        {
            _connection = _dialer.Admit(connection);
            return _connection is null
                ? Refusal(run, "the connection was not admitted, by a gater or a limit of this node", Libp2pError.Refused, now)
                : null;
        }
        catch (Exception exception)
        {
            return DialFailure.Explain(run.Address, DialStage.Admit, exception, now - run.StartedAt);
        }
    }

    private static DialAttempt Refusal(DialAttemptRun run, string cause, Libp2pError error, TimeSpan now) =>
        new(run.Address, DialStage.Admit, cause, error, now - run.StartedAt);

    private void Do(DialEffect effect)
    {
        switch (effect)
        {
            case DialEffect.StartAttempt start:
                var run = new DialAttemptRun(this, start.Address, Key.Peer ?? start.Peer, start.HostName);
                _runs[start.Address] = run;
                if (!run.IsName)
                    _attempts++;
                _dialer.Start(this, run);
                break;
            case DialEffect.CancelAttempt cancel:
                if (_runs.TryGetValue(cancel.Address, out var cancelled))
                    _dialer.Cancel(cancelled);
                break;
            case DialEffect.RecordBackoff failed:
                _dialer.RecordBackoff(Key.Peer, failed.Attempt);
                break;
            case DialEffect.ClearBackoff reached:
                _dialer.ClearBackoff(Key.Peer, reached.Address);
                break;
            case DialEffect.Succeeded:
                Finish(new(_connection, null));
                break;
            case DialEffect.Failed failure:
                Finish(new(null, failure.Attempts));
                break;
            case DialEffect.Abandoned:
                Finish(default);
                break;
        }
    }

    private void Finish(DialOutcome outcome)
    {
        _timer.Dispose();
        _dialer.Remove(this);
        var ended = outcome.Connection is not null ? AttemptOutcome.Succeeded : outcome.Attempts is not null ? AttemptOutcome.Failed : AttemptOutcome.Cancelled;
        _dialer.Report(new(Key.Peer, ended, _attempts, _dialer.Now - _startedAt, _rankingDelay));
        _outcome.SetResult(outcome);
    }

    private readonly record struct Letter(DialInput? Input, Offer? Offer, Joining? Joining, TimeSpan Now);

    /// <summary>A caller comes, with its addresses: both at once, or the dial might end between them.</summary>
    private sealed class Joining(IReadOnlyList<DialCandidate> candidates, bool byUser)
    {
        public IReadOnlyList<DialCandidate> Candidates { get; } = candidates;

        public bool ByUser { get; } = byUser;

        /// <summary>Whether the dial came to know the addresses before it ended. Written before its outcome is set.</summary>
        public bool IsTaken { get; set; }
    }

    private sealed class Offer(DialAttemptRun run, PeerConnection connection)
    {
        public DialAttemptRun Run { get; } = run;

        public PeerConnection Connection { get; } = connection;

        public TaskCompletionSource<(AttemptOutcome Outcome, DialAttempt? Refusal)> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>What is dialled once at a time: a peer, or where none is known, a list of addresses.</summary>
internal readonly record struct DialKey(PeerId? Peer, string? Addresses);
