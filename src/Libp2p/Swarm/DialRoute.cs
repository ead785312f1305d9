namespace Libp2p.Swarm;

/// <summary>One address within a dial, and what has become of it.</summary>
internal sealed class DialRoute(DialCandidate candidate, int rank)
{
    private DialAttempt? _outcome;

    public Multiaddress Address { get; } = candidate.Address;

    /// <summary>The peer that the address leads to, where it names one.</summary>
    public PeerId? Peer { get; } = candidate.Peer;

    /// <summary>The name that its host goes by, where a name gave it.</summary>
    public string? HostName { get; } = candidate.HostName;

    /// <summary>True where its attempt resolves a name.</summary>
    public bool IsName { get; } = candidate.IsName;

    /// <summary>The name was resolved: what it stands for is tried in its place, and reported.</summary>
    public bool IsResolved { get; set; }

    /// <summary>The order among routes that are due at one time.</summary>
    public int Rank { get; } = rank;

    /// <summary>When its attempt starts, unless another's failure brings that forward.</summary>
    public TimeSpan Due { get; set; }

    /// <summary>Set where it is left alone, until a user asks.</summary>
    public Backoff? Backoff { get; set; } = candidate.Backoff;

    /// <summary>The order of starts; null where it was not started.</summary>
    public int? Order { get; set; }

    /// <summary>When it had its turn; null before.</summary>
    public TimeSpan? StartedAt { get; set; }

    public DialStage Stage { get; set; }

    /// <summary>Started and not yet reported to have ended.</summary>
    public bool InFlight { get; set; }

    /// <summary>How it ended; an attempt that was cancelled for its time may be in flight a while longer.</summary>
    public DialAttempt? Outcome
    {
        get => _outcome;
        set => _outcome = candidate.ResolvedFrom is null || value is null ? value : value with { ResolvedFrom = candidate.ResolvedFrom };
    }

    /// <summary>In flight, and may yet succeed.</summary>
    public bool IsOpen => InFlight && Outcome is null;

    /// <summary>Not started, and will be.</summary>
    public bool IsWaiting => Order is null && Outcome is null && Backoff is null;

    /// <summary>Ends it.</summary>
    public DialAttempt End(string cause, Libp2pError error, TimeSpan now)
    {
        Outcome = StartedAt is { } startedAt
            ? new(Address, Stage, cause, error, now - startedAt)
            : new(Address, DialStage.NotTried, cause, error, TimeSpan.Zero);
        return Outcome!;
    }
}
