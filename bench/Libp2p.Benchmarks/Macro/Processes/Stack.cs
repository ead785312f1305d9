namespace Libp2p.Benchmarks.Macro.Processes;

/// <summary>What the measured nodes speak, by the names of the peers' flags.</summary>
/// <param name="Security">The security protocol.</param>
/// <param name="Muxer">The muxer.</param>
/// <param name="Pubsub">How they publish and subscribe; null where they do not.</param>
/// <param name="Signs">Whether what they publish is signed.</param>
internal sealed record Stack(string Security = "noise", string Muxer = "yamux", string? Pubsub = null, bool Signs = true)
{
    /// <summary>The flags, which are the same for ours and for js-libp2p.</summary>
    public string[] Flags =>
    [
        "--security", Security, "--muxer", Muxer,
        .. Pubsub is null ? Array.Empty<string>() : ["--pubsub", Pubsub],
        .. Signs ? Array.Empty<string>() : ["--no-sign"],
    ];

    /// <summary>Secured by TLS: the limit is then a bare <c>SslStream</c>.</summary>
    public bool IsTls => Security == "tls";
}
