namespace Libp2p.Protocols.Gossipsub;

/// <summary>What can happen to gossipsub.</summary>
internal abstract record GossipsubInput
{
    /// <summary>A peer can be sent to.</summary>
    /// <param name="Peer">Who.</param>
    /// <param name="Version">What is spoken with it.</param>
    /// <param name="IsOutbound">Whether this node opened the connection.</param>
    /// <param name="Address">Whom its address counts as; null where it counts as nobody's.</param>
    /// <param name="Tag">Comes back with every effect that concerns the peer.</param>
    public sealed record PeerAdded(PeerId Peer, GossipsubVersion Version, bool IsOutbound, AddressKey? Address, object? Tag) : GossipsubInput;

    /// <summary>A peer has said what it is.</summary>
    /// <param name="Peer">Who.</param>
    /// <param name="Kind">How it forms message ids.</param>
    /// <param name="SignedRecord">Its peer record, verified; empty where there is none.</param>
    public sealed record PeerIdentified(PeerId Peer, PubsubPeerKind Kind, ReadOnlyMemory<byte> SignedRecord) : GossipsubInput;

    /// <summary>A peer has left; nothing, where it is known by another tag by now.</summary>
    public sealed record PeerRemoved(PeerId Peer, object? Tag) : GossipsubInput;

    /// <summary>What a peer spoke on has ended in either way: what it told is void until it tells it again.</summary>
    public sealed record PeerSilent(PeerId Peer) : GossipsubInput;

    /// <summary>A peer has sent subscriptions and control.</summary>
    public sealed record RpcReceived(PeerId Peer, RpcContent Content) : GossipsubInput;

    /// <summary>A peer has broken the form of the protocol.</summary>
    public sealed record PeerMisbehaved(PeerId Peer) : GossipsubInput;

    /// <summary>A message's author is proven, or it needs none. Its judgement follows.</summary>
    public sealed record MessageVerified(PeerId Peer, GossipMessage Message) : GossipsubInput;

    /// <summary>A message's signature, or the key to it, is not its author's.</summary>
    public sealed record MessageForged(PeerId Peer, GossipMessage Message) : GossipsubInput;

    /// <summary>A verified message was judged.</summary>
    public sealed record MessageJudged(PeerId Peer, GossipMessage Message, PubsubVerdict Verdict) : GossipsubInput;

    /// <summary>What a peer was asked for was dropped on the way to it: it has promised nothing.</summary>
    public sealed record RequestsDropped(PeerId Peer) : GossipsubInput;

    /// <summary>This node publishes.</summary>
    public sealed record Published(GossipMessage Message) : GossipsubInput;

    /// <summary>This node subscribes to a topic.</summary>
    public sealed record Joined(string Topic) : GossipsubInput;

    /// <summary>This node is no longer subscribed to a topic.</summary>
    public sealed record Left(string Topic) : GossipsubInput;
}
