namespace Libp2p.Protocols.Gossipsub;

/// <summary>What the machine keeps of one peer.</summary>
internal sealed class GossipPeer(PeerId id, GossipsubVersion version, bool isOutbound, bool isDirect, object? tag)
{
    public PeerId Id { get; } = id;

    public GossipsubVersion Version { get; } = version;

    /// <summary>Whether this node opened the connection.</summary>
    public bool IsOutbound { get; } = isOutbound;

    public bool IsDirect { get; } = isDirect;

    /// <summary>What the owner of the machine finds the peer by; the machine does not look at it.</summary>
    public object? Tag { get; } = tag;

    public bool SpeaksGossipsub => Version > GossipsubVersion.Floodsub;

    public bool SpeaksIDontWant => Version >= GossipsubVersion.V12;

    public PubsubPeerKind Kind { get; set; }

    /// <summary>Its signed peer record, verified; empty where it has told none.</summary>
    public ReadOnlyMemory<byte> SignedRecord { get; set; }

    /// <summary>What it is subscribed to.</summary>
    public HashSet<GossipTopic> Topics { get; } = [];

    /// <summary>Ids that it does not want, in its own form, and the heartbeat in which it said so.</summary>
    public Dictionary<PubsubMessageId, long> DontWant { get; } = [];

    /// <summary>Ids, in its own form, of what it sent and this node did not take.</summary>
    public UnwelcomeIds Unwelcome { get; } = new();

    /// <summary>IHAVE messages of this heartbeat.</summary>
    public int IHaveMessages { get; set; }

    /// <summary>Ids that it was asked for in this heartbeat.</summary>
    public int IdsAsked { get; set; }

    /// <summary>IWANT messages of this heartbeat.</summary>
    public int IWantMessages { get; set; }

    /// <summary>Ids of IDONTWANT of this heartbeat.</summary>
    public int DontWantIds { get; set; }

    /// <summary>What it is to be told when the machine has come to rest; null for nothing.</summary>
    public RpcContent? Outbox { get; set; }

    public void BeginHeartbeat() => IHaveMessages = IdsAsked = IWantMessages = DontWantIds = 0;
}
