namespace Libp2p.Interop.Tests.Peers;

/// <summary>
/// The events of one peer. Each is handed out once: to the first waiter that wants it, or it is kept until somebody does.
/// </summary>
sealed class PeerEvents
{
    const int Remembered = 20;

    readonly Lock _lock = new();
    readonly List<PeerEvent> _untaken = [];
    readonly List<Waiter> _waiters = [];
    readonly Queue<string> _last = new();
    Func<string>? _end;

    /// <summary>Adds an event, or gives it to who waits for it.</summary>
    public void Add(PeerEvent happened)
    {
        lock (_lock)
        {
            Remember(happened.ToString());
            var waiter = _waiters.Find(w => w.Wanted(happened));
            if (waiter is null)
            {
                _untaken.Add(happened);
                return;
            }
            _waiters.Remove(waiter);
            waiter.Result.SetResult(happened);
        }
    }

    /// <summary>A line that is no event: shown in failures, otherwise without effect.</summary>
    public void AddNoise(string line)
    {
        lock (_lock)
            Remember(line);
    }

    /// <summary>Nothing more will come: who waits now or later, and finds nothing kept, fails with <paramref name="why"/>.</summary>
    public void End(Func<string> why)
    {
        lock (_lock)
        {
            _end = why;
            foreach (var waiter in _waiters)
                waiter.Result.SetException(new PeerException($"{waiter.What}: {why()}"));
            _waiters.Clear();
        }
    }

    /// <summary>Takes the first event that is wanted, of those kept or yet to come.</summary>
    public async Task<PeerEvent> TakeAsync(string what, Func<PeerEvent, bool> wanted, CancellationToken cancellationToken)
    {
        var waiter = new Waiter(what, wanted);
        lock (_lock)
        {
            var index = _untaken.FindIndex(e => wanted(e));
            if (index >= 0)
            {
                var found = _untaken[index];
                _untaken.RemoveAt(index);
                return found;
            }
            if (_end is { } why)
                throw new PeerException($"{what}: {why()}");
            _waiters.Add(waiter);
        }
        await using var registration = cancellationToken.UnsafeRegister(_ => Abandon(waiter, cancellationToken), null);
        return await waiter.Result.Task.ConfigureAwait(false);
    }

    /// <summary>The last lines the peer wrote, for a failure's message.</summary>
    public string Last()
    {
        lock (_lock)
            return _last.Count == 0 ? "  (none)" : string.Join('\n', _last.Select(line => "  " + line));
    }

    void Abandon(Waiter waiter, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_waiters.Remove(waiter))
                waiter.Result.SetCanceled(cancellationToken);
        }
    }

    void Remember(string line)
    {
        const int longest = 2_000;
        if (_last.Count == Remembered)
            _last.Dequeue();
        _last.Enqueue(line.Length <= longest ? line : line[..longest] + "…");
    }

    sealed record Waiter(string What, Func<PeerEvent, bool> Wanted)
    {
        public TaskCompletionSource<PeerEvent> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
