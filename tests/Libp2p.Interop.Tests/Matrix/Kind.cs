namespace Libp2p.Interop.Tests.Matrix;

/// <summary>An implementation that takes part, with what it speaks. A new one is a line of <see cref="All"/>, and so is a new protocol of one.</summary>
/// <param name="Name">As the table calls it.</param>
/// <param name="Dials">The transports that it dials.</param>
/// <param name="Listeners">The transports that it listens on, those of one node together.</param>
/// <param name="Securities">Its security protocols.</param>
/// <param name="Muxers">Its muxers.</param>
public sealed record Kind(string Name, string[] Dials, string[][] Listeners, string[] Securities, string[] Muxers)
{
    /// <summary>This implementation.</summary>
    public static readonly Kind Ours = new("ours", ["tcp", "ws", "wss"], [["tcp", "ws", "wss"]], ["noise", "tls", "secio", "plaintext"], ["yamux", "mplex"]);

    /// <summary>js-libp2p as it is today. A node of it that listens on <c>/tls/ws</c> tells that to all who come, and then those of 2020 understand nothing of it.</summary>
    public static readonly Kind Js = new("js", ["tcp", "ws", "wss"], [["tcp", "ws"], ["wss"]], ["noise", "tls", "plaintext"], ["yamux", "mplex"]);

    /// <summary>js-libp2p as it was in July 2020.</summary>
    public static readonly Kind Js2020 = new("js 2020", ["tcp", "ws", "wss"], [["tcp", "ws"]], ["noise", "secio", "plaintext"], ["mplex"]);

    /// <summary>Who takes part.</summary>
    public static IReadOnlyList<Kind> All { get; } = [Ours, Js, Js2020];

    /// <inheritdoc/>
    public override string ToString() => Name;
}
