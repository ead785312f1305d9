namespace Libp2p.Swarm;

/// <summary>One dial of a peer, for measuring.</summary>
/// <param name="Peer">Who was dialled, where that was known.</param>
/// <param name="Outcome">Cancelled where nobody waited for it any more.</param>
/// <param name="Attempts">How many of its addresses were tried.</param>
/// <param name="Duration">From the first caller to its end.</param>
/// <param name="RankingDelay">How long the address that succeeded waited for its turn; null where none did.</param>
internal sealed record DialReport(PeerId? Peer, AttemptOutcome Outcome, int Attempts, TimeSpan Duration, TimeSpan? RankingDelay);
