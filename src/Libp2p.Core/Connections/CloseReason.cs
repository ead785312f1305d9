namespace Libp2p;

/// <summary>Why a connection or a stream ended.</summary>
public enum CloseCode
{
    /// <summary>This node closed it in good order.</summary>
    LocalClose,

    /// <summary>The other side closed it in good order.</summary>
    RemoteClose,

    /// <summary>The pipe under it broke: a reset by the network, or the other process died.</summary>
    LinkLost,

    /// <summary>The other side fell silent: a keepalive or a write went unanswered.</summary>
    Timeout,

    /// <summary>The other side broke a protocol.</summary>
    ProtocolViolation,

    /// <summary>A limit of this node was reached.</summary>
    LimitReached,

    /// <summary>This node refused it: a gater, or another rule of its own.</summary>
    Refused,

    /// <summary>This node stops.</summary>
    Shutdown,

    /// <summary>A defect on this side.</summary>
    InternalError,
}

/// <summary>Why a connection or a stream ended, with one line for people.</summary>
/// <param name="Code">The kind of end, for programs.</param>
/// <param name="Detail">One line: what happened; empty where the code says it all. Text from the network in it is escaped.</param>
public sealed record CloseReason(CloseCode Code, string Detail = "")
{
    /// <summary>This node closed it in good order.</summary>
    public static CloseReason LocalClose { get; } = new(CloseCode.LocalClose);

    /// <summary>The other side closed it in good order.</summary>
    public static CloseReason RemoteClose { get; } = new(CloseCode.RemoteClose);

    /// <inheritdoc/>
    public override string ToString() => Detail.Length == 0 ? Describe(Code) : $"{Describe(Code)}: {Detail}";

    private static string Describe(CloseCode code) => code switch
    {
        CloseCode.LocalClose => "closed here",
        CloseCode.RemoteClose => "closed by the peer",
        CloseCode.LinkLost => "the link was lost",
        CloseCode.Timeout => "the peer fell silent",
        CloseCode.ProtocolViolation => "the peer broke the protocol",
        CloseCode.LimitReached => "a limit was reached",
        CloseCode.Refused => "refused",
        CloseCode.Shutdown => "this node stops",
        _ => "an internal error",
    };
}
