namespace Libp2p.Hosting;

/// <summary>
/// What an operator may say about a node without building it anew: the section <c>Libp2p</c> of the host's configuration.
/// Checked when the host starts; a name that is not one of these is refused there too, so that no setting is lost by a typing error.
/// </summary>
public sealed class Libp2pHostOptions
{
    /// <summary>The section of the configuration: <c>Libp2p</c>.</summary>
    public const string Section = "Libp2p";

    /// <summary>Multiaddresses to listen on. Where there are any, they take the place of those that the code gave.</summary>
    public IList<string> Listen { get; } = [];

    /// <summary>Multiaddresses to tell others instead of those listened on. Where there are any, they take the place of those that the code gave.</summary>
    public IList<string> Announce { get; } = [];

    /// <summary>Multiaddresses to tell others beside them. Where there are any, they take the place of those that the code gave.</summary>
    public IList<string> AppendAnnounce { get; } = [];

    /// <summary>Where the node's key is; made on the first start where there is none. Null: the identity that the code gave, else a new one at each start.</summary>
    public string? KeyFile { get; set; }

    /// <summary>With fewer peers than this, the health check says degraded. Default 0: never.</summary>
    public int MinPeers { get; set; }
}
