namespace Libp2p;

/// <summary>What kind of failure a <see cref="Libp2pException"/> reports.</summary>
public enum Libp2pError
{
    /// <summary>No transport of this node can dial or listen on the address.</summary>
    UnsupportedAddress,

    /// <summary>The peer has no known address.</summary>
    NoAddresses,

    /// <summary>Nothing could be reached: refused, unreachable, or the name did not resolve.</summary>
    Unreachable,

    /// <summary>The peer that answered is not the one that was asked for.</summary>
    PeerIdMismatch,

    /// <summary>The two sides share no protocol.</summary>
    NegotiationFailed,

    /// <summary>The security handshake failed.</summary>
    HandshakeFailed,

    /// <summary>A deadline passed.</summary>
    Timeout,

    /// <summary>The connection ended.</summary>
    ConnectionClosed,

    /// <summary>The stream was reset.</summary>
    StreamReset,

    /// <summary>A limit of this node was reached.</summary>
    LimitReached,

    /// <summary>A gater of this node refused.</summary>
    Refused,

    /// <summary>The other side broke a protocol.</summary>
    ProtocolViolation,

    /// <summary>The address to listen on is taken or not ours.</summary>
    ListenFailed,

    /// <summary>All addresses of a peer were tried and failed: a <see cref="DialException"/>.</summary>
    DialFailed,
}

/// <summary>A failure of the network or of a peer. The message is one line for a person; <see cref="Error"/> is for a program.</summary>
public class Libp2pException : Exception
{
    /// <summary>Creates it.</summary>
    /// <param name="error">What kind of failure.</param>
    /// <param name="message">One line that names the cause and, where there is one, the next step.</param>
    /// <param name="innerException">What led to it.</param>
    public Libp2pException(Libp2pError error, string message, Exception? innerException = null)
        : base(message, innerException) => Error = error;

    /// <summary>What kind of failure.</summary>
    public Libp2pError Error { get; }
}

/// <summary>A peer other than the expected one proved its identity.</summary>
public sealed class PeerIdMismatchException(PeerId expected, PeerId actual)
    : Libp2pException(Libp2pError.PeerIdMismatch, $"The peer that answered is {actual}, not {expected} that was asked for.")
{
    /// <summary>The peer that was asked for.</summary>
    public PeerId Expected { get; } = expected;

    /// <summary>The peer that answered.</summary>
    public PeerId Actual { get; } = actual;
}

/// <summary>The two sides share no protocol, and the other has said what it offers.</summary>
/// <param name="message">What was proposed and refused. What to do.</param>
/// <param name="offered">What the other side offers instead.</param>
public sealed class NegotiationException(string message, IReadOnlyList<ProtocolId> offered) : Libp2pException(Libp2pError.NegotiationFailed, message)
{
    /// <summary>What the other side offers instead. It comes from the network: escape it before it is shown.</summary>
    public IReadOnlyList<ProtocolId> Offered { get; } = offered;
}

/// <summary>A stream that was reset, by either side.</summary>
public sealed class StreamResetException(string message, bool byRemote) : Libp2pException(Libp2pError.StreamReset, message)
{
    /// <summary>True where the other side reset it.</summary>
    public bool ByRemote { get; } = byRemote;
}
