namespace Libp2p.Benchmarks.Macro.Processes;

/// <summary>What the measured nodes speak, by the names of the peers' flags.</summary>
/// <param name="Security">The security protocol.</param>
/// <param name="Muxer">The muxer.</param>
internal sealed record Stack(string Security = "noise", string Muxer = "yamux")
{
    /// <summary>The flags, which are the same for ours and for js-libp2p.</summary>
    public string[] Flags => ["--security", Security, "--muxer", Muxer];

    /// <summary>Secured by TLS: the limit is then a bare <c>SslStream</c>.</summary>
    public bool IsTls => Security == "tls";
}
