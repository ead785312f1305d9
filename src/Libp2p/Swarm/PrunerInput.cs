namespace Libp2p.Swarm;

/// <summary>How much a connection is used.</summary>
/// <param name="Id">Which.</param>
/// <param name="Streams">Streams that are open, both ways.</param>
/// <param name="StreamsEver">Streams that were ever opened for a protocol.</param>
internal readonly record struct ConnectionUse(long Id, int Streams, long StreamsEver);

/// <summary>What the pruner is told.</summary>
internal abstract record PrunerInput
{
    /// <summary>A connection was admitted.</summary>
    public sealed record Opened(long Id, PeerId Peer, Role Role) : PrunerInput;

    /// <summary>A connection has ended.</summary>
    public sealed record Ended(long Id) : PrunerInput;

    /// <summary>The answer to <see cref="PrunerEffect.Look"/>. A connection that is not in it is as it was.</summary>
    public sealed record Seen(IReadOnlyList<ConnectionUse> Uses) : PrunerInput;
}

/// <summary>Why a connection is closed.</summary>
internal enum PruneCause
{
    /// <summary>There are too many.</summary>
    TooMany,

    /// <summary>It was not used for too long.</summary>
    Idle,
}

/// <summary>What the pruner wants done.</summary>
internal abstract record PrunerEffect
{
    /// <summary>Tell how much each connection is used, at once.</summary>
    public sealed record Look : PrunerEffect;

    /// <summary>Close a connection in good order.</summary>
    public sealed record Close(long Id, PruneCause Cause, CloseReason Reason) : PrunerEffect;
}
