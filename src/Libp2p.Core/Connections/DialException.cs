namespace Libp2p;

/// <summary>How far an attempt to reach one address came.</summary>
public enum DialStage
{
    /// <summary>The address was not tried: no transport, a gater, a back-off, or another attempt won.</summary>
    NotTried,

    /// <summary>Resolving the name.</summary>
    Resolve,

    /// <summary>Connecting the transport.</summary>
    Connect,

    /// <summary>Agreeing on and running the security protocol.</summary>
    Secure,

    /// <summary>Comparing the peer that answered with the one asked for.</summary>
    Authenticate,

    /// <summary>Agreeing on and starting the muxer.</summary>
    Multiplex,

    /// <summary>Admission to the connection table.</summary>
    Admit,
}

/// <summary>One attempt at one address.</summary>
/// <param name="Address">What was dialled.</param>
/// <param name="Stage">How far it came.</param>
/// <param name="Cause">One line: why it ended.</param>
/// <param name="Error">The kind of failure.</param>
/// <param name="Duration">From its start to its end; zero where it was not tried.</param>
public sealed record DialAttempt(Multiaddress Address, DialStage Stage, string Cause, Libp2pError Error, TimeSpan Duration)
{
    /// <summary>What the peer offers where it shares no protocol with this node; empty where it did not say so. It comes from the network: escape it before it is shown.</summary>
    public IReadOnlyList<ProtocolId> Offered { get; init; } = [];

    /// <summary>The address with the name that this one was found by; null where it was known as it is.</summary>
    public Multiaddress? ResolvedFrom { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Where}: {Cause}";

    internal string Where => ResolvedFrom is null ? Address.ToString() : $"{Address} (which {ResolvedFrom} gave)";
}

/// <summary>A peer could not be reached: one <see cref="DialAttempt"/> for each of its addresses says why.</summary>
public sealed class DialException : Libp2pException
{
    /// <summary>Creates it.</summary>
    /// <param name="peer">Who was dialled, where that was known.</param>
    /// <param name="attempts">One for each address.</param>
    public DialException(PeerId? peer, IReadOnlyList<DialAttempt> attempts)
        : base(Summarize(attempts), Explain(peer, attempts))
    {
        Peer = peer;
        Attempts = attempts;
    }

    /// <summary>Who was dialled, where that was known.</summary>
    public PeerId? Peer { get; }

    /// <summary>One for each address, in the order of their start.</summary>
    public IReadOnlyList<DialAttempt> Attempts { get; }

    private static Libp2pError Summarize(IReadOnlyList<DialAttempt> attempts) => attempts switch
    {
        [] => Libp2pError.NoAddresses,
        [var only] => only.Error,
        _ => attempts.All(a => a.Error == attempts[0].Error) ? attempts[0].Error : Libp2pError.DialFailed,
    };

    private static string Explain(PeerId? peer, IReadOnlyList<DialAttempt> attempts) => attempts switch
    {
        [] => $"No address is known for {peer}: give one that ends in /p2p/{peer}.",
        [var only] when only.Error == Libp2pError.PeerIdMismatch => only.Cause,
        [var only] => $"Could not reach {only.Where}: {only.Cause}",
        _ => $"Could not reach {(peer is null ? "the peer" : peer)} at any of {attempts.Count} addresses: {string.Join("; ", attempts.Take(4))}{(attempts.Count > 4 ? "; …" : "")}",
    };
}
