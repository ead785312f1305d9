namespace Libp2p.Muxers.Yamux;

/// <summary>What follows from a frame's header; several at once are normal.</summary>
[Flags]
internal enum YamuxEvents
{
    None = 0,

    /// <summary>The other side opened a stream.</summary>
    Opened = 1,

    /// <summary>The frame's payload belongs to the stream.</summary>
    Body = 2,

    /// <summary>The frame's payload belongs to nobody: read past it.</summary>
    Skip = 4,

    /// <summary>After the payload, the other side writes no more.</summary>
    Ended = 8,

    /// <summary>The other side reset the stream.</summary>
    Reset = 16,

    /// <summary>The other side took a stream of ours.</summary>
    Acknowledged = 32,

    /// <summary>There is something to send now.</summary>
    Send = 64,

    /// <summary>The other side ends the session.</summary>
    GoneAway = 128,

    /// <summary>The other side broke the protocol: say so and end the session.</summary>
    Violation = 256,
}

/// <summary>What follows from a frame's header.</summary>
internal readonly record struct YamuxOutcome(YamuxEvents Events, YamuxStreamState? State = null, string? Error = null)
{
    public bool Has(YamuxEvents e) => (Events & e) != 0;

    public static YamuxOutcome Violation(string error) => new(YamuxEvents.Violation, null, error);
}

/// <summary>A frame to be sent: its header, and whose queued bytes follow it.</summary>
internal readonly record struct YamuxFrame(YamuxHeader Header, YamuxStreamState? PayloadOf);
