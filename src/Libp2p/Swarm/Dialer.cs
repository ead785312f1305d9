using Microsoft.Extensions.Logging;

namespace Libp2p.Swarm;

/// <summary>
/// Connects to peers. There is one dial for a peer at a time, and it belongs to all who wait for it: whose token is cancelled
/// leaves, and with the last one the dial ends.
/// </summary>
internal sealed class Dialer : IAsyncDisposable
{
    private readonly DialScreen _screen;
    private readonly Func<PeerConnection, PeerConnection?> _admit;
    private readonly ILogger _logger;
    private readonly AddressResolver? _resolver;
    private readonly AttemptSlots _slots;
    private readonly DialBackoff _backoff;
    private readonly long _epoch;
    private readonly Lock _lock = new();
    private readonly Dictionary<DialKey, PeerDial> _dials = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _attempts;
    private bool _disposed;

    /// <summary>Creates it.</summary>
    /// <param name="options">The bounds.</param>
    /// <param name="transports">The transports; the first that handles an address dials it. In messages each is named by its <see cref="object.ToString"/>.</param>
    /// <param name="gater">Asked for each address; null where all may be dialled.</param>
    /// <param name="admit">
    /// The door of the connection table: gives the connection that callers get, or null, or throws, where it refuses; then the
    /// connection is aborted and disposed here. Called for one connection of a dial at a time, and before anyone gets it.
    /// </param>
    /// <param name="timeProvider">The node's clock.</param>
    /// <param name="logger">Where attempts are logged.</param>
    /// <param name="resolver">Resolves names; null where none can be.</param>
    public Dialer(
        DialOptions options, IReadOnlyList<ITransport> transports, IConnectionGater? gater, Func<PeerConnection, PeerConnection?> admit, TimeProvider timeProvider,
        ILogger logger, AddressResolver? resolver = null)
    {
        options.Validate();
        Options = options;
        TimeProvider = timeProvider;
        _screen = new(transports, gater, options.AllowPrivateByName);
        _resolver = resolver;
        _admit = admit;
        _logger = logger;
        _slots = new(options.MaxParallel);
        _backoff = new(options);
        _epoch = timeProvider.GetTimestamp();
    }

    /// <summary>Told of each attempt that a transport began, when it has ended.</summary>
    public event Action<AttemptReport>? AttemptEnded;

    /// <summary>Told of each dial of a peer, when it has ended.</summary>
    public event Action<DialReport>? DialEnded;

    internal DialOptions Options { get; }

    internal TimeProvider TimeProvider { get; }

    /// <summary>The time since this dialer was made.</summary>
    internal TimeSpan Now => TimeProvider.GetElapsedTime(_epoch);

    /// <summary>Connects to a peer at one of its addresses, or joins the dial to it that is under way, which then knows these addresses too.</summary>
    /// <param name="peer">Who must answer. Null: whom the first address that names a peer names, else anyone.</param>
    /// <param name="addresses">Where, the most promising first. Those that name another peer are refused.</param>
    /// <param name="byUser">A user asks: addresses that failed a short while ago are tried none the less.</param>
    /// <param name="progress">Told of each stage from now on, until this caller's wait ends; null where nobody listens.</param>
    /// <param name="cancellationToken">Ends this caller's wait.</param>
    /// <exception cref="DialException">It could not be reached; one attempt for each address says why.</exception>
    /// <exception cref="Libp2pException"><see cref="Libp2pError.LimitReached"/>: too many peers are dialled already.</exception>
    /// <exception cref="ObjectDisposedException">The node stops.</exception>
    public async ValueTask<PeerConnection> DialAsync(PeerId? peer, IReadOnlyList<Multiaddress> addresses, bool byUser, IProgress<DialProgress>? progress, CancellationToken cancellationToken)
    {
        peer ??= DialScreen.NamedPeer(addresses);
        var key = new DialKey(peer, peer is null ? string.Join(' ', addresses) : null);
        var screened = _screen.Screen(peer, addresses);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (dial, candidates) = FindOrBegin(key, screened);
            var outcome = await dial.JoinAsync(candidates, byUser, progress, cancellationToken).ConfigureAwait(false);
            if (outcome.Connection is { } connection)
                return connection;
            if (outcome.Attempts is { } attempts)
                throw new DialException(peer, attempts);

            // It ended in the moment of joining, since all others had left or no address of theirs was any good: begin another.
        }
    }

    /// <summary>Forgets which addresses failed: the network has changed.</summary>
    public void ForgetFailures()
    {
        lock (_lock)
            _backoff.Clear();
    }

    /// <summary>Connects as <see cref="DialAsync(PeerId?, IReadOnlyList{Multiaddress}, bool, IProgress{DialProgress}?, CancellationToken)"/> does, without telling of stages.</summary>
    public ValueTask<PeerConnection> DialAsync(PeerId? peer, IReadOnlyList<Multiaddress> addresses, bool byUser, CancellationToken cancellationToken) =>
        DialAsync(peer, addresses, byUser, null, cancellationToken);

    /// <summary>Gives up every dial, and waits for every attempt to end.</summary>
    public async ValueTask DisposeAsync()
    {
        PeerDial[] dials;
        lock (_lock)
        {
            _disposed = true;
            dials = [.. _dials.Values];
            if (_attempts == 0)
                _ended.TrySetResult();
        }
        foreach (var dial in dials)
            dial.Post(new DialInput.Cancelled());
        await _ended.Task.ConfigureAwait(false);
    }

    internal PeerConnection? Admit(PeerConnection connection) => _admit(connection);

    internal void Remove(PeerDial dial)
    {
        lock (_lock)
            _dials.Remove(dial.Key);
    }

    internal void Report(DialReport report) => Tell(DialEnded, report);

    internal void RecordBackoff(PeerId? peer, DialAttempt attempt)
    {
        lock (_lock)
            _backoff.Record(peer, attempt, Now);
    }

    internal void ClearBackoff(PeerId? peer, Multiaddress address)
    {
        lock (_lock)
            _backoff.Clear(peer, address);
    }

    /// <summary>Puts an attempt in the line of all attempts. It begins on the caller's thread, which would only wait for it: transports do not block.</summary>
    internal void Start(PeerDial dial, DialAttemptRun run)
    {
        lock (_lock)
            _attempts++;
        _ = RunAsync(dial, run, _slots.EnterAsync(run.Token));
    }

    internal void Cancel(DialAttemptRun run) =>
        _ = run.CancelAsync().ContinueWith(
            cancelled => DialLog.CancelFailed(_logger, run.Address, cancelled.Exception!),
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted,
            TaskScheduler.Default);

    private (PeerDial Dial, IReadOnlyList<DialCandidate> Candidates) FindOrBegin(DialKey key, IReadOnlyList<DialCandidate> screened)
    {
        lock (_lock)
        {
            if (_disposed)
                throw new ObjectDisposedException(nameof(Dialer), "This node stops and dials no more.");
            if (!_dials.TryGetValue(key, out var dial))
            {
                if (_dials.Count >= Options.MaxPeers)
                    throw new Libp2pException(Libp2pError.LimitReached, $"{_dials.Count} peers are dialled already, the most that this node does at once: try again when some are done.");
                dial = new(this, key);
                _dials.Add(key, dial);
            }
            return (dial, WithBackoff(key.Peer, screened));
        }
    }

    private IReadOnlyList<DialCandidate> WithBackoff(PeerId? peer, IReadOnlyList<DialCandidate> candidates)
    {
        lock (_lock)
        {
            var now = Now;
            return [.. candidates.Select(c => c.Refusal is null ? c with { Backoff = _backoff.Find(peer, c.Address, now) } : c)];
        }
    }

    private async Task RunAsync(PeerDial dial, DialAttemptRun run, Task turn)
    {
        try
        {
            await turn.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            End(dial, new(run.Address, DialStage.NotTried, "it was cancelled before its turn", Libp2pError.ConnectionClosed, TimeSpan.Zero), report: null);
            return;
        }

        run.Start(Now);
        if (run.IsName)
        {
            await ResolveAsync(dial, run).ConfigureAwait(false);
            return;
        }
        PeerConnection? connection = null;
        DialAttempt? failure = null;
        try
        {
            connection = await ConnectAsync(run).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            failure = Explain(run, exception);
        }
        finally
        {
            _slots.Leave();
        }

        var duration = Now - run.StartedAt;
        var outcome = run.Token.IsCancellationRequested && failure?.Error != Libp2pError.Timeout ? AttemptOutcome.Cancelled : AttemptOutcome.Failed;
        if (connection is not null)
        {
            (outcome, failure) = await dial.OfferAsync(run, connection).ConfigureAwait(false);
            if (failure is not null)
                await CloseAsync(connection, outcome, failure).ConfigureAwait(false);
        }
        var report = run.Transport is { } transport ? new AttemptReport(dial.Key.Peer, run.Address, transport, outcome, failure, duration) : null;
        End(dial, connection is null ? failure : null, report);
    }

    private async Task ResolveAsync(PeerDial dial, DialAttemptRun run)
    {
        DialAttempt? failure = null;
        try
        {
            if (_resolver is null)
                throw new Libp2pException(Libp2pError.UnsupportedAddress, "this node resolves no names");
            var found = await _resolver.ResolveAsync(run.Address, run.Token).ConfigureAwait(false);
            dial.Post(new DialInput.NameResolved(run.Address, WithBackoff(dial.Key.Peer, _screen.Screen(dial.Key.Peer, run.Address, found))));
        }
        catch (Exception exception)
        {
            failure = Explain(run, exception);
        }
        finally
        {
            _slots.Leave();
        }
        End(dial, failure, report: null);
    }

    private async ValueTask<PeerConnection> ConnectAsync(DialAttemptRun run)
    {
        var expected = run.Peer;
        run.Token.ThrowIfCancellationRequested();
        var transport = _screen.TransportFor(run.Address)
            ?? throw new Libp2pException(Libp2pError.UnsupportedAddress, "the transport that took the address does so no more");
        run.Transport = DialScreen.Name(transport);
        DialLog.Started(_logger, run.Address, run.Transport);
        var connection = await transport.DialAsync(run.Address, run.HostName, expected, run, run.Token).ConfigureAwait(false);
        var actual = connection.Info.RemotePeer;
        if (expected is null || actual == expected)
            return connection;

        // The transport ought to have seen it.
        var mismatch = new PeerIdMismatchException(expected, actual);
        connection.Abort(new(CloseCode.ProtocolViolation, mismatch.Message));
        await connection.DisposeAsync().ConfigureAwait(false);
        throw mismatch;
    }

    private DialAttempt Explain(DialAttemptRun run, Exception exception)
    {
        var duration = Now - run.StartedAt;
        if (exception is not OperationCanceledException || !run.Token.IsCancellationRequested)
            return DialFailure.Explain(run.Address, run.Stage, exception, duration);
        return duration >= Options.AddressTimeout
            ? new(run.Address, run.Stage, "its time was over", Libp2pError.Timeout, duration)
            : new(run.Address, run.Stage, "it was cancelled", Libp2pError.ConnectionClosed, duration);
    }

    private async ValueTask CloseAsync(PeerConnection connection, AttemptOutcome outcome, DialAttempt refusal)
    {
        try
        {
            connection.Abort(new(outcome == AttemptOutcome.Late ? CloseCode.LocalClose : CloseCode.Refused, refusal.Cause));
            await connection.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            DialLog.CloseFailed(_logger, refusal.Address, exception);
        }
    }

    private void End(PeerDial dial, DialAttempt? failure, AttemptReport? report)
    {
        // Told before the dial hears of it: whoever sees the dial fail finds its attempts counted.
        if (report is not null)
        {
            DialLog.Ended(_logger, report.Address, report.Outcome, report.Failure?.Cause ?? "connected");
            Tell(AttemptEnded, report);
        }
        if (failure is not null)
            dial.Post(new DialInput.AttemptFailed(failure));
        lock (_lock)
        {
            if (--_attempts == 0 && _disposed)
                _ended.TrySetResult();
        }
    }

    private void Tell<T>(Action<T>? observers, T report)
    {
        try
        {
            observers?.Invoke(report);
        }
        catch (Exception exception)
        {
            DialLog.ObserverFailed(_logger, exception);
        }
    }
}
