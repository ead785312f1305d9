namespace Libp2p.Protocols.Gossipsub;

/// <summary>What gossipsub wants done.</summary>
internal abstract record GossipsubEffect
{
    /// <summary>Send a message to a peer.</summary>
    public sealed record SendMessage(GossipPeer Peer, GossipMessage Message) : GossipsubEffect;

    /// <summary>Send subscriptions and control to a peer.</summary>
    public sealed record SendControl(GossipPeer Peer, RpcContent Content) : GossipsubEffect;

    /// <summary>A peer does not want a message that may still wait to be sent to it.</summary>
    public sealed record CancelMessage(GossipPeer Peer, PubsubMessageId Id) : GossipsubEffect;

    /// <summary>Let the validators of its topic judge a message, and tell the machine what they say.</summary>
    public sealed record JudgeMessage(GossipMessage Message, PeerId ReceivedFrom) : GossipsubEffect;

    /// <summary>Hand a message to the subscribers of its topic.</summary>
    public sealed record Deliver(GossipMessage Message, PeerId ReceivedFrom) : GossipsubEffect;

    /// <summary>A peer has come into this node's mesh of a topic, or is no longer in it.</summary>
    public sealed record MeshChanged(PeerId Peer, string Topic, bool IsIn) : GossipsubEffect;

    /// <summary>Connect to peers that a peer has named; their records are not verified.</summary>
    public sealed record ConnectExchanged(List<ExchangedPeer> Peers) : GossipsubEffect;

    /// <summary>Connect to a peer that must always be connected.</summary>
    public sealed record ConnectDirect(PeerId Peer) : GossipsubEffect;
}
