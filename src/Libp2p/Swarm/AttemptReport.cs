namespace Libp2p.Swarm;

/// <summary>How an attempt at one address ended.</summary>
internal enum AttemptOutcome
{
    /// <summary>Its connection is the one of the dial.</summary>
    Succeeded,

    /// <summary>It gave no connection, or one that was not admitted.</summary>
    Failed,

    /// <summary>It was cancelled: another was faster, its time was over, or nobody waits any more.</summary>
    Cancelled,

    /// <summary>It gave a connection after the end of the dial, which was closed.</summary>
    Late,
}

/// <summary>One attempt that a transport began, for measuring.</summary>
/// <param name="Peer">Who was dialled, where that was known.</param>
/// <param name="Address">Where.</param>
/// <param name="Transport">By what, as the transport names itself.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Failure">Why it failed or was cancelled; null where it gave a connection.</param>
/// <param name="Duration">From its turn to its end.</param>
internal sealed record AttemptReport(PeerId? Peer, Multiaddress Address, string Transport, AttemptOutcome Outcome, DialAttempt? Failure, TimeSpan Duration);
