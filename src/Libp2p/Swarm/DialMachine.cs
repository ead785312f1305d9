namespace Libp2p.Swarm;

/// <summary>
/// The dial of one peer: which address is tried when, and when it is over. Attempts start one after the other, a failure
/// brings the next one forward, the first success ends the rest. Every time is absolute.
/// </summary>
/// <remarks>
/// Attempts that were cancelled count as being in flight until they are reported to have ended. What is reported after the end
/// of the dial changes nothing.
/// </remarks>
internal sealed class DialMachine(DialOptions options, TimeSpan startedAt) : IStateMachine<DialInput, DialEffect>
{
    private readonly Dictionary<Multiaddress, DialRoute> _routes = [];
    private readonly Queue<DialEffect> _effects = new();
    private readonly TimeSpan _deadline = startedAt + options.PeerTimeout;
    private TimeSpan _holdUntil;
    private TimeSpan _lastStart;
    private Multiaddress? _firstLeftOut;
    private int _waiters;
    private int _starts;
    private int _inFlight;
    private bool _searched;
    private bool _byUser;

    /// <summary>The dial is over, one way or another.</summary>
    public bool IsFinished { get; private set; }

    /// <inheritdoc/>
    public TimeSpan? Deadline
    {
        get
        {
            if (IsFinished)
                return null;
            var earliest = _deadline;
            foreach (var route in _routes.Values)
            {
                if (route is { IsOpen: true, StartedAt: { } at } && at + options.AddressTimeout < earliest)
                    earliest = at + options.AddressTimeout;
            }
            if (_inFlight < options.MaxParallelPerPeer && NextWaiting() is { } next)
            {
                var start = next.Due > _holdUntil ? next.Due : _holdUntil;
                if (start < earliest)
                    earliest = start;
            }
            return earliest;
        }
    }

    /// <inheritdoc/>
    public void Advance(in DialInput input, TimeSpan now)
    {
        if (IsFinished)
            return;
        switch (input)
        {
            case DialInput.AddressesFound found:
                Add(found, now);
                break;
            case DialInput.AttemptStarted started:
                if (_routes.TryGetValue(started.Address, out var route) && route.IsOpen)
                    (route.StartedAt, route.Stage) = (now, route.IsName ? DialStage.Resolve : DialStage.Connect);
                break;
            case DialInput.NameResolved resolved:
                Resolve(resolved, now);
                break;
            case DialInput.AttemptProgressed progressed:
                Progress(progressed, now);
                break;
            case DialInput.AttemptSucceeded succeeded:
                Succeed(succeeded.Address, now);
                return;
            case DialInput.AttemptFailed failed:
                Fail(failed.Attempt, now);
                break;
            case DialInput.WaiterAdded:
                _waiters++;
                break;
            case DialInput.WaiterRemoved:
                if (--_waiters <= 0)
                {
                    Abandon();
                    return;
                }
                break;
            case DialInput.Cancelled:
                Abandon();
                return;
        }
        Settle(now);
    }

    /// <inheritdoc/>
    public void Elapse(TimeSpan now)
    {
        if (!IsFinished)
            Settle(now);
    }

    /// <inheritdoc/>
    public bool TryTake(out DialEffect effect) => _effects.TryDequeue(out effect!);

    private void Add(DialInput.AddressesFound found, TimeSpan now)
    {
        _searched = true;
        _byUser |= found.ByUser;
        var added = Add(found.Candidates);
        if (found.ByUser)
            added.AddRange(_routes.Values.Where(r => r is { Outcome: null, Order: null, Backoff: not null } && !added.Contains(r)));
        Schedule(added, now);
    }

    /// <summary>Adds the addresses that are not known yet; gives those of them that are to be tried.</summary>
    private List<DialRoute> Add(IReadOnlyList<DialCandidate> candidates)
    {
        var added = new List<DialRoute>();

        // What cannot be tried must not take the room of what can.
        foreach (var candidate in candidates.OrderBy(c => c.Refusal is not null))
        {
            if (_routes.ContainsKey(candidate.Address))
                continue;
            if (_routes.Count >= options.MaxAddresses)
            {
                _firstLeftOut ??= candidate.Address;
                continue;
            }
            var route = new DialRoute(candidate, _routes.Count) { Outcome = candidate.Refusal };
            _routes.Add(candidate.Address, route);
            if (candidate.Refusal is null && (_byUser || candidate.Backoff is null))
                added.Add(route);
        }
        return added;
    }

    private void Resolve(DialInput.NameResolved resolved, TimeSpan now)
    {
        if (!_routes.TryGetValue(resolved.Address, out var name) || !name.InFlight)
            return;
        Land(name);
        if (name.Outcome is not null)
            return;
        name.IsResolved = true;
        _effects.Enqueue(new DialEffect.ClearBackoff(name.Address));

        // What waits is ranked anew with what was found, and keeps its distance from the attempt that began last.
        var added = Add(resolved.Candidates);
        var waiting = _routes.Values.Where(r => r is { IsWaiting: true, IsName: false } && !added.Contains(r));
        var isAlone = !_routes.Values.Any(r => r is { IsOpen: true, IsName: false });
        var next = _lastStart + options.PublicStagger;
        Schedule([.. added, .. waiting], isAlone || next < now ? now : next);
    }

    private void Schedule(List<DialRoute> routes, TimeSpan now)
    {
        foreach (var route in routes)
            route.Backoff = null;

        // Looking a name up disturbs nobody: it waits for nothing.
        foreach (var name in routes.Where(r => r.IsName))
            name.Due = now;
        foreach (var (address, delay) in AddressRanking.Rank([.. routes.Where(r => !r.IsName).Select(r => r.Address)], options))
            _routes[address].Due = now + delay;
    }

    private void Progress(DialInput.AttemptProgressed progressed, TimeSpan now)
    {
        if (!_routes.TryGetValue(progressed.Address, out var route) || !route.IsOpen || progressed.Stage <= route.Stage)
            return;

        // Connected: very likely this one will do, and a second connection would only be closed again.
        if (route.Stage < DialStage.Secure && progressed.Stage >= DialStage.Secure)
            _holdUntil = now + options.HandshakeHold;
        route.Stage = progressed.Stage;
    }

    private void Fail(DialAttempt attempt, TimeSpan now)
    {
        if (!_routes.TryGetValue(attempt.Address, out var route) || !route.InFlight)
            return;
        Land(route);
        if (route.Outcome is not null)
            return;
        route.Outcome = attempt;
        Blame(attempt);
        Hurry(now);
    }

    private void Succeed(Multiaddress address, TimeSpan now)
    {
        if (!_routes.TryGetValue(address, out var winner) || !winner.InFlight)
            return;
        Land(winner);
        winner.Outcome = null;
        foreach (var route in _routes.Values)
        {
            if (route == winner || route.Outcome is not null || route.IsResolved)
                continue;
            CancelIfOpen(route);
            route.End("another address of the peer answered first", Libp2pError.ConnectionClosed, now);
        }
        _effects.Enqueue(new DialEffect.ClearBackoff(address));
        Finish(new DialEffect.Succeeded(address, Report()));
    }

    private void Abandon()
    {
        foreach (var route in _routes.Values)
            CancelIfOpen(route);
        Finish(new DialEffect.Abandoned());
    }

    private void Settle(TimeSpan now)
    {
        if (now >= _deadline)
        {
            Expire(now);
            return;
        }
        foreach (var route in _routes.Values)
        {
            if (route is { IsOpen: true, StartedAt: { } at } && now - at >= options.AddressTimeout)
                TimeOut(route, now);
        }
        StartDue(now);
        if (_searched && _routes.Values.All(r => r.Outcome is not null || r.Backoff is not null || r.IsResolved))
            GiveUp(now);
    }

    private void StartDue(TimeSpan now)
    {
        while (_inFlight < options.MaxParallelPerPeer && NextWaiting() is { } next)
        {
            var isTime = next.Due <= now && _holdUntil <= now;
            if (!isTime && _routes.Values.Any(r => r.IsOpen))
                return;
            next.Order = _starts++;
            next.InFlight = true;
            _inFlight++;
            if (!next.IsName)
                _lastStart = now;
            _effects.Enqueue(new DialEffect.StartAttempt(next.Address, next.Peer, next.HostName));
        }
    }

    private DialRoute? NextWaiting()
    {
        DialRoute? next = null;
        foreach (var route in _routes.Values)
        {
            if (route.IsWaiting && (next is null || (route.Due, route.Rank).CompareTo((next.Due, next.Rank)) < 0))
                next = route;
        }
        return next;
    }

    private void TimeOut(DialRoute route, TimeSpan now)
    {
        CancelIfOpen(route);
        Blame(route.End($"no answer within {Seconds(options.AddressTimeout)} ({Describe(route.Stage)})", Libp2pError.Timeout, now));
        Hurry(now);
    }

    private void Expire(TimeSpan now)
    {
        var limit = Seconds(options.PeerTimeout);
        foreach (var route in _routes.Values)
        {
            if (route.Outcome is not null || route.Backoff is not null || route.IsResolved)
                continue;
            CancelIfOpen(route);
            var cause = route switch
            {
                { StartedAt: not null } => $"no answer when the {limit} for the peer were over ({Describe(route.Stage)})",
                { Order: not null } => $"not tried: the {limit} for the peer were over before its turn among all dials came",
                _ => $"not tried: the {limit} for the peer were over",
            };
            route.End(cause, Libp2pError.Timeout, now);
        }
        GiveUp(now);
    }

    private void GiveUp(TimeSpan now)
    {
        foreach (var route in _routes.Values)
        {
            if (route is { Outcome: null, Backoff: { } backoff })
                route.End($"not tried: left alone for {Seconds(backoff.Until - now)} more after a failure ({backoff.Cause})", backoff.Error, now);
        }
        Finish(new DialEffect.Failed(Report()));
    }

    private void Finish(DialEffect effect)
    {
        IsFinished = true;
        _effects.Enqueue(effect);
    }

    private List<DialAttempt> Report()
    {
        var report = _routes.Values
            .Where(r => r.Outcome is not null)
            .OrderBy(r => r.Order ?? int.MaxValue).ThenBy(r => r.Rank)
            .Select(r => r.Outcome!)
            .ToList();
        if (_firstLeftOut is not null)
        {
            var cause = $"not tried, nor any after it: a dial takes at most {options.MaxAddresses} addresses of a peer";
            report.Add(new(_firstLeftOut, DialStage.NotTried, cause, Libp2pError.LimitReached, TimeSpan.Zero));
        }
        return report;
    }

    /// <summary>Whatever an address did, another need not wait for it.</summary>
    private void Hurry(TimeSpan now)
    {
        _holdUntil = now;
        if (NextWaiting() is { } next && next.Due > now)
            next.Due = now;
    }

    private void Land(DialRoute route)
    {
        route.InFlight = false;
        _inFlight--;
    }

    private void CancelIfOpen(DialRoute route)
    {
        if (route.IsOpen)
            _effects.Enqueue(new DialEffect.CancelAttempt(route.Address));
    }

    /// <summary>A limit or a rule of this node says nothing about the address.</summary>
    private void Blame(DialAttempt attempt)
    {
        var own = attempt.Error is Libp2pError.LimitReached or Libp2pError.Refused or Libp2pError.UnsupportedAddress;
        if (!own && attempt.Stage is not (DialStage.NotTried or DialStage.Admit))
            _effects.Enqueue(new DialEffect.RecordBackoff(attempt));
    }

    private static string Seconds(TimeSpan time) => FormattableString.Invariant($"{Math.Max(0, time.TotalSeconds):0.#} s");

    private static string Describe(DialStage stage) => stage switch
    {
        DialStage.Resolve => "resolving the name",
        DialStage.Secure => "in the security handshake",
        DialStage.Authenticate => "checking who answered",
        DialStage.Multiplex => "agreeing on the muxer",
        DialStage.Admit => "at admission",
        _ => "connecting",
    };
}
