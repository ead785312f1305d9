namespace Libp2p.Interop.Tests.Matrix;

/// <summary>An implementation that takes part, with what it speaks. A new one is a line of <see cref="All"/>, and so is a new protocol of one.</summary>
/// <param name="Name">As the table calls it.</param>
/// <param name="Transports">What it listens on and dials.</param>
/// <param name="Securities">Its security protocols.</param>
/// <param name="Muxers">Its muxers.</param>
public sealed record Kind(string Name, string[] Transports, string[] Securities, string[] Muxers)
{
    /// <summary>This implementation.</summary>
    public static readonly Kind Ours = new("ours", ["tcp", "ws"], ["noise", "tls", "secio", "plaintext"], ["yamux", "mplex"]);

    /// <summary>js-libp2p as it is today.</summary>
    public static readonly Kind Js = new("js", ["tcp", "ws"], ["noise", "tls", "plaintext"], ["yamux", "mplex"]);

    /// <summary>js-libp2p as it was in July 2020.</summary>
    public static readonly Kind Js2020 = new("js 2020", ["tcp", "ws"], ["noise", "secio", "plaintext"], ["mplex"]);

    /// <summary>Who takes part.</summary>
    public static IReadOnlyList<Kind> All { get; } = [Ours, Js, Js2020];

    /// <inheritdoc/>
    public override string ToString() => Name;
}
