namespace Libp2p.Benchmarks.Macro.Processes;

/// <summary>What the measured nodes speak, by the names of the peers' flags.</summary>
/// <param name="Security">The security protocol.</param>
/// <param name="Muxer">The muxer.</param>
/// <param name="Pubsub">How they publish and subscribe; null where they do not.</param>
/// <param name="Signs">Whether what they publish is signed.</param>
/// <param name="Over">What stands behind the TCP port in a listener's address: <c>/ws</c> for WebSocket.</param>
/// <param name="SwarmKey">The key file of the private network that they are in; null for none.</param>
internal sealed record Stack(
    string Security = "noise", string Muxer = "yamux", string? Pubsub = null, bool Signs = true, string Over = "", string? SwarmKey = null)
{
    /// <summary>The flags, which are the same for ours and for js-libp2p.</summary>
    public string[] Flags =>
    [
        "--security", Security, "--muxer", Muxer,
        .. Pubsub is null ? Array.Empty<string>() : ["--pubsub", Pubsub],
        .. Signs ? Array.Empty<string>() : ["--no-sign"],
        .. SwarmKey is null ? Array.Empty<string>() : ["--swarm-key", SwarmKey],
    ];

    /// <summary>Secured by TLS: the limit is then a bare <c>SslStream</c>.</summary>
    public bool IsTls => Security == "tls";

    /// <summary>The flags of our processes; js-libp2p has every transport at hand, and is told the address itself.</summary>
    public string[] OurFlags => [.. Flags, .. Over.Length > 0 ? ["--over", Over] : Array.Empty<string>()];
}
