namespace Libp2p.Protocols.Gossipsub;

/// <summary>What the machine keeps of one topic: who is subscribed, who is in the mesh, whom own messages go to without one.</summary>
internal sealed class GossipTopic(string name, GossipsubOptions options)
{
    private readonly MessageIdFunction?[] _functions = Array.ConvertAll(Enum.GetValues<PubsubPeerKind>(), kind => options.FunctionFor(name, kind));
    private readonly int[] _kinds = new int[Enum.GetValues<PubsubPeerKind>().Length];

    public string Name { get; } = name;

    /// <summary>Whether this node is subscribed.</summary>
    public bool IsJoined { get; set; }

    public HashSet<GossipPeer> Subscribers { get; } = [];

    /// <summary>Those of them that are in no mesh and are sent everything: direct peers, and those that know only floodsub.</summary>
    public HashSet<GossipPeer> Outsiders { get; } = [];

    /// <summary>The mesh; empty while this node is not subscribed.</summary>
    public HashSet<GossipPeer> Mesh { get; } = [];

    /// <summary>Whom own messages go to while this node is not subscribed.</summary>
    public HashSet<GossipPeer> Fanout { get; } = [];

    /// <summary>When the fanout is forgotten.</summary>
    public TimeSpan FanoutUntil { get; set; }

    /// <summary>Whether nothing is known of it that is worth keeping.</summary>
    public bool IsIdle => !IsJoined && Subscribers.Count + Fanout.Count == 0;

    /// <summary>How this node forms ids.</summary>
    public MessageIdFunction? OwnFunction => _functions[(int)PubsubPeerKind.Specified];

    /// <summary>Whether this node's ids name the author and a number of his, so that nobody else can form the id of a message that he signed.</summary>
    public bool HasAuthoredIds { get; } = MessageIds.NameAuthor(options.FunctionFor(name, PubsubPeerKind.Specified));

    /// <summary>How a peer forms ids; null where that is not known.</summary>
    public MessageIdFunction? FunctionOf(GossipPeer peer) => _functions[(int)peer.Kind];

    /// <summary>The functions other than this node's that subscribers form ids by.</summary>
    public List<MessageIdFunction> OtherFunctions { get; } = [];

    public bool Add(GossipPeer peer)
    {
        if (!Subscribers.Add(peer))
            return false;
        peer.Topics.Add(this);
        if (peer.IsDirect || !peer.SpeaksGossipsub)
            Outsiders.Add(peer);
        Count(peer.Kind, 1);
        return true;
    }

    public bool Remove(GossipPeer peer)
    {
        if (!Subscribers.Remove(peer))
            return false;
        peer.Topics.Remove(this);
        Outsiders.Remove(peer);
        Count(peer.Kind, -1);
        return true;
    }

    /// <summary>A subscriber turned out to be of another kind.</summary>
    public void Reclassify(PubsubPeerKind before, PubsubPeerKind after)
    {
        Count(before, -1);
        Count(after, 1);
    }

    private void Count(PubsubPeerKind kind, int change)
    {
        _kinds[(int)kind] += change;
        OtherFunctions.Clear();
        for (var i = 0; i < _kinds.Length; i++)
        {
            if (_kinds[i] > 0 && _functions[i] is { } function && function != OwnFunction && !OtherFunctions.Contains(function))
                OtherFunctions.Add(function);
        }
    }
}
