namespace Libp2p.Protocols.Gossipsub;

/// <summary>Which implementation a peer runs, as far as that decides how it forms message ids.</summary>
public enum PubsubPeerKind
{
    /// <summary>Not known: gossip names message ids to nobody of this kind.</summary>
    Unknown,

    /// <summary>This one, and whatever forms ids as the specification says: go-libp2p among them.</summary>
    Specified,

    /// <summary>js-libp2p of today.</summary>
    Js,

    /// <summary>js-libp2p of 2020.</summary>
    LegacyJs,

    /// <summary>rust-libp2p.</summary>
    Rust,
}
