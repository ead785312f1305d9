namespace Libp2p.Swarm;

/// <summary>An address on offer to a dial.</summary>
/// <param name="Address">The address, without the peer it leads to.</param>
/// <param name="Refusal">Why it cannot be tried; null where it can.</param>
/// <param name="Backoff">Where it failed a short while ago.</param>
internal sealed record DialCandidate(Multiaddress Address, DialAttempt? Refusal = null, Backoff? Backoff = null)
{
    /// <summary>The peer that it leads to, where it names one.</summary>
    public PeerId? Peer { get; init; }

    /// <summary>The address with the name that gave it; null where it was known as it is.</summary>
    public Multiaddress? ResolvedFrom { get; init; }

    /// <summary>The name that its host goes by; null where it was known as it is.</summary>
    public string? HostName { get; init; }

    /// <summary>True where its attempt gives no connection, but other addresses.</summary>
    public bool IsName { get; } = AddressResolver.NeedsResolving(Address);
}

/// <summary>What can happen to a dial.</summary>
internal abstract record DialInput
{
    /// <summary>Addresses of the peer were found. Those known already are ignored.</summary>
    /// <param name="Candidates">The addresses, the most promising first; where there is none and none was before, the dial fails.</param>
    /// <param name="ByUser">The user asks for it: addresses that are left alone are tried none the less.</param>
    public sealed record AddressesFound(IReadOnlyList<DialCandidate> Candidates, bool ByUser) : DialInput;

    /// <summary>An attempt had its turn and runs now; its time counts from here.</summary>
    public sealed record AttemptStarted(Multiaddress Address) : DialInput;

    /// <summary>The attempt at a name has ended with the addresses it stands for.</summary>
    public sealed record NameResolved(Multiaddress Address, IReadOnlyList<DialCandidate> Candidates) : DialInput;

    /// <summary>An attempt has come to a stage.</summary>
    public sealed record AttemptProgressed(Multiaddress Address, DialStage Stage) : DialInput;

    /// <summary>An attempt has given a connection, and it was admitted.</summary>
    public sealed record AttemptSucceeded(Multiaddress Address) : DialInput;

    /// <summary>An attempt has ended without a connection, be it because it was cancelled.</summary>
    public sealed record AttemptFailed(DialAttempt Attempt) : DialInput;

    /// <summary>Somebody waits for the connection.</summary>
    public sealed record WaiterAdded : DialInput;

    /// <summary>Somebody waits no more. When nobody is left, the dial is abandoned.</summary>
    public sealed record WaiterRemoved : DialInput;

    /// <summary>The node stops.</summary>
    public sealed record Cancelled : DialInput;
}
