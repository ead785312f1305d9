namespace Libp2p.Protocols.Gossipsub;

/// <summary>Which protocol is spoken with a peer; the later, the more.</summary>
public enum GossipsubVersion
{
    /// <summary><c>/floodsub/1.0.0</c>: every message goes to every subscriber.</summary>
    Floodsub,

    /// <summary><c>/meshsub/1.0.0</c>: meshes and gossip.</summary>
    V10,

    /// <summary><c>/meshsub/1.1.0</c>: scores, backoff, peer exchange.</summary>
    V11,

    /// <summary><c>/meshsub/1.2.0</c>: IDONTWANT.</summary>
    V12,
}
