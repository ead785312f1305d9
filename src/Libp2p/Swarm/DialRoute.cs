namespace Libp2p.Swarm;

/// <summary>One address within a dial, and what has become of it.</summary>
internal sealed class DialRoute(Multiaddress address, int rank)
{
    public Multiaddress Address { get; } = address;

    /// <summary>The order among routes that are due at one time.</summary>
    public int Rank { get; } = rank;

    /// <summary>When its attempt starts, unless another's failure brings that forward.</summary>
    public TimeSpan Due { get; set; }

    /// <summary>Set where it is left alone, until a user asks.</summary>
    public Backoff? Backoff { get; set; }

    /// <summary>The order of starts; null where it was not started.</summary>
    public int? Order { get; set; }

    /// <summary>When it had its turn; null before.</summary>
    public TimeSpan? StartedAt { get; set; }

    public DialStage Stage { get; set; }

    /// <summary>Started and not yet reported to have ended.</summary>
    public bool InFlight { get; set; }

    /// <summary>How it ended; an attempt that was cancelled for its time may be in flight a while longer.</summary>
    public DialAttempt? Outcome { get; set; }

    /// <summary>In flight, and may yet succeed.</summary>
    public bool IsOpen => InFlight && Outcome is null;

    /// <summary>Not started, and will be.</summary>
    public bool IsWaiting => Order is null && Outcome is null && Backoff is null;

    /// <summary>Ends it.</summary>
    public DialAttempt End(string cause, Libp2pError error, TimeSpan now) =>
        Outcome = StartedAt is { } startedAt
            ? new(Address, Stage, cause, error, now - startedAt)
            : new(Address, DialStage.NotTried, cause, error, TimeSpan.Zero);
}
