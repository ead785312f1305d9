namespace Libp2p.Muxers.Mplex;

/// <summary>What follows from a message's header; several at once are normal.</summary>
[Flags]
internal enum MplexEvents
{
    None = 0,

    /// <summary>The other side opened a stream.</summary>
    Opened = 1,

    /// <summary>The data belongs to the stream.</summary>
    Body = 2,

    /// <summary>The data belongs to nobody: read past it.</summary>
    Skip = 4,

    /// <summary>The other side writes no more.</summary>
    Ended = 8,

    /// <summary>The other side reset the stream.</summary>
    Reset = 16,

    /// <summary>There is something to send now.</summary>
    Send = 32,

    /// <summary>The other side broke the protocol: end the session.</summary>
    Violation = 64,
}

/// <summary>What follows from a message's header.</summary>
internal readonly record struct MplexOutcome(MplexEvents Events, MplexStreamState? State = null, string? Error = null)
{
    public bool Has(MplexEvents e) => (Events & e) != 0;

    public static MplexOutcome Violation(string error) => new(MplexEvents.Violation, null, error);
}

/// <summary>A message to be sent: its header, and whose queued bytes follow it.</summary>
internal readonly record struct MplexFrame(MplexHeader Header, MplexStreamState? DataOf);
