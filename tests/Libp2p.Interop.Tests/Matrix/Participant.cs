using Libp2p.Interop.Tests.Nodes;
using Libp2p.Tests.Transports.WebSocket;

namespace Libp2p.Interop.Tests.Matrix;

/// <summary>A running node of one kind, ours or another's, and what a cell asks of it.</summary>
public abstract class Participant : IAsyncDisposable
{
    /// <summary>What every participant answers to a direct message.</summary>
    public const string Reply = "heard 👂";

    /// <summary>The protocol of direct messages, which every participant serves.</summary>
    protected const string Chat = "/libp2p/chat/1.0.0";

    /// <summary>Its peer id, as text.</summary>
    public abstract string Peer { get; }

    /// <summary>Where it listens by that transport, with its peer id.</summary>
    public abstract string AddressOf(string transport);

    /// <summary>Starts one that speaks all that its kind has, on these transports.</summary>
    internal static Task<Participant> ListenAsync(Kind kind, TestCertificates certificates, string[] transports) =>
        StartAsync(kind, certificates, kind.Securities, kind.Muxers, transports, dialsIn2020: false);

    /// <summary>Starts one that offers nothing but the combination's protocols.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="certificates">Who vouches for listeners behind TLS.</param>
    /// <param name="security">Its only security protocol.</param>
    /// <param name="muxer">Its only muxer.</param>
    /// <param name="in2020">Whether it will dial a peer of 2020, whose plaintext has another form.</param>
    internal static Task<Participant> DialerAsync(Kind kind, TestCertificates certificates, string security, string muxer, bool in2020) =>
        StartAsync(kind, certificates, [security], [muxer], [], in2020);

    static Task<Participant> StartAsync(Kind kind, TestCertificates certificates, string[] securities, string[] muxers, string[] transports, bool dialsIn2020) => kind == Kind.Ours
        ? OurParticipant.StartAsync(certificates, securities, muxers, transports, dialsIn2020)
        : JsParticipant.StartAsync(kind, certificates, securities, muxers, transports);

    /// <summary>Connects, and says by which protocols.</summary>
    public abstract Task<(string Security, string Muxer)> DialAsync(string address);

    /// <summary>Waits for the connection that the other dialled, and says by which protocols it is.</summary>
    public abstract Task<(string Security, string Muxer)> AcceptAsync(string peer);

    /// <summary>Runs identify, and gives the protocols that the other has.</summary>
    public abstract Task<IReadOnlyCollection<string>> IdentifyAsync(string peer);

    /// <summary>Pings once.</summary>
    public abstract Task PingAsync(string peer);

    /// <summary>Sends a direct message and gives the reply.</summary>
    public abstract Task<string> ChatAsync(string peer, string text);

    /// <summary>Waits for a direct message.</summary>
    public abstract Task<string> HearAsync(string peer);

    /// <summary>Sends so many bytes and compares what returns meanwhile.</summary>
    public abstract Task EchoAsync(string peer, int bytes);

    /// <summary>Sends so many bytes, ends its side, and only then reads what returns.</summary>
    public abstract Task HalfCloseAsync(string peer, int bytes);

    /// <summary>Closes the connection in good order.</summary>
    public abstract Task CloseAsync(string peer);

    /// <summary>Waits until the other has closed the connection in good order.</summary>
    /// <param name="peer">The other.</param>
    /// <param name="saysGoodbye">Whether the muxer has a word for it; without, the link's end is all that there is to see.</param>
    public abstract Task WaitForCloseAsync(string peer, bool saysGoodbye);

    /// <summary>Ends it.</summary>
    public abstract ValueTask DisposeAsync();
}
