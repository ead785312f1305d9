namespace Libp2p.Protocols.Gossipsub;

/// <summary>
/// Tells the node whose connections are worth keeping: those of meshes, the more of them the better, and always those of direct peers.
/// </summary>
internal sealed class PeerWorth(IConnectionTags tags, GossipsubOptions options)
{
    /// <summary>What one mesh adds to a peer's worth.</summary>
    public const int OfMesh = 20;

    private const string DirectTag = "pubsub:direct";

    public void ProtectDirectPeers()
    {
        foreach (var peer in options.DirectPeers)
            tags.Protect(peer, DirectTag);
    }

    /// <summary>A peer has come into a mesh or has left it.</summary>
    public void Apply(GossipsubEffect.MeshChanged change)
    {
        if (change.IsIn)
            tags.Tag(change.Peer, TagOf(change.Topic), OfMesh);
        else
            tags.Untag(change.Peer, TagOf(change.Topic));
    }

    private static string TagOf(string topic) => "pubsub:topic:" + topic;
}
