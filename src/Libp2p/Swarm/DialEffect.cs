namespace Libp2p.Swarm;

/// <summary>What a dial wants done.</summary>
internal abstract record DialEffect
{
    /// <summary>Start an attempt; tell when it has its turn, and when it has ended.</summary>
    /// <param name="Address">Where.</param>
    /// <param name="Peer">Who must answer by what the address says; null where it says nothing.</param>
    /// <param name="HostName">The name that its host goes by; null where none is known.</param>
    public sealed record StartAttempt(Multiaddress Address, PeerId? Peer = null, string? HostName = null) : DialEffect;

    /// <summary>Cancel an attempt.</summary>
    public sealed record CancelAttempt(Multiaddress Address) : DialEffect;

    /// <summary>An attempt failed by the address's own fault: leave it alone for a while.</summary>
    public sealed record RecordBackoff(DialAttempt Attempt) : DialEffect;

    /// <summary>An address was reached: it is not left alone any more.</summary>
    public sealed record ClearBackoff(Multiaddress Address) : DialEffect;

    /// <summary>The dial has its connection. Nothing follows.</summary>
    /// <param name="Address">Where from.</param>
    /// <param name="Others">What became of the other addresses.</param>
    public sealed record Succeeded(Multiaddress Address, IReadOnlyList<DialAttempt> Others) : DialEffect;

    /// <summary>The dial has failed. Nothing follows.</summary>
    /// <param name="Attempts">One for each address: those that were tried in the order of their start, then the others.</param>
    public sealed record Failed(IReadOnlyList<DialAttempt> Attempts) : DialEffect;

    /// <summary>The dial was given up, since nobody waits for it or the node stops. Nothing follows.</summary>
    public sealed record Abandoned : DialEffect;
}
