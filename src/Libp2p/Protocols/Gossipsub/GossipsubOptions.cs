using Libp2p.Protocols.Gossipsub.Score;

namespace Libp2p.Protocols.Gossipsub;

/// <summary>The parameters of gossipsub and its bounds; names in brackets are those of the specification.</summary>
public sealed class GossipsubOptions
{
    /// <summary>The earliest protocol spoken. Default floodsub: everything from <c>/floodsub/1.0.0</c> on.</summary>
    public GossipsubVersion MinVersion { get; set; } = GossipsubVersion.Floodsub;

    /// <summary>The latest protocol spoken. Default 1.2.</summary>
    public GossipsubVersion MaxVersion { get; set; } = GossipsubVersion.V12;

    /// <summary>What messages carry, and what is asked of those of others. Default <see cref="SignaturePolicy.StrictSign"/>.</summary>
    public SignaturePolicy SignaturePolicy { get; set; } = SignaturePolicy.StrictSign;

    /// <summary>
    /// How a peer of a kind forms ids in a topic; null where that is not known. For <see cref="PubsubPeerKind.Specified"/> it says how this node
    /// does. Default: <see cref="MessageIds.Default"/> where messages are signed, else <see cref="MessageIds.DataHash"/> for all.
    /// </summary>
    public Func<string, PubsubPeerKind, MessageIdFunction?>? MessageIdRule { get; set; }

    /// <summary>Which implementation a peer runs. Whoever changes what their nodes call themselves must tell them here. Default <see cref="MessageIds.Classify"/>.</summary>
    public Func<PeerInfo, PubsubPeerKind> ClassifyPeer { get; set; } = MessageIds.Classify;

    /// <summary>Which topics this node lets itself and others subscribe to; null for all. Default null.</summary>
    public Func<string, bool>? SubscriptionFilter { get; set; }

    /// <summary>Peers that are always sent everything and always listened to, outside of meshes and scores; they must say the same of this node. Default none.</summary>
    public ISet<PeerId> DirectPeers { get; } = new HashSet<PeerId>();

    /// <summary>How peers are scored, and what follows from it.</summary>
    public PeerScoreOptions Score { get; } = new();

    /// <summary>Whether own messages go to every subscriber instead of to the mesh. Default true.</summary>
    public bool FloodPublish { get; set; } = true;

    /// <summary>Whether own messages are delivered to own subscriptions. Default false.</summary>
    public bool DeliverOwnMessages { get; set; }

    /// <summary>Whether pruned peers are told of others to graft. Default false: it tells whom this node knows.</summary>
    public bool OfferPeers { get; set; }

    /// <summary>Peers in a mesh (D). Default 6.</summary>
    public int MeshDegree { get; set; } = 6;

    /// <summary>Below it peers are grafted (D_low). Default 5.</summary>
    public int MeshDegreeLow { get; set; } = 5;

    /// <summary>Above it peers are pruned (D_high). Default 12.</summary>
    public int MeshDegreeHigh { get; set; } = 12;

    /// <summary>Peers that are kept for their score when many are pruned (D_score). Default 4.</summary>
    public int MeshDegreeScore { get; set; } = 4;

    /// <summary>Peers in a mesh whose connection this node opened (D_out). Default 2.</summary>
    public int MeshDegreeOutbound { get; set; } = 2;

    /// <summary>Peers that gossip goes to at least (D_lazy). Default 6.</summary>
    public int GossipDegree { get; set; } = 6;

    /// <summary>The part of the peers outside of the mesh that gossip goes to, 0 to 1. Default 0.25.</summary>
    public double GossipFactor { get; set; } = 0.25;

    /// <summary>Heartbeats for which a message can be asked for. Default 5.</summary>
    public int HistoryLength { get; set; } = 5;

    /// <summary>Heartbeats for which a message is told of. Default 3.</summary>
    public int HistoryGossip { get; set; } = 3;

    /// <summary>Bytes of messages that are held for those who ask; beyond it the oldest are let go. What was asked for is held twice. Default 8 MiB.</summary>
    public long MaxHistoryBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>The time between heartbeats. Default 1 s.</summary>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long the peers for a topic are remembered to which this node publishes without subscribing. Default 60 s.</summary>
    public TimeSpan FanoutTtl { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a pruned peer must not graft. Default 60 s.</summary>
    public TimeSpan PruneBackoff { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The same after this node left the topic. Default 10 s.</summary>
    public TimeSpan UnsubscribeBackoff { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest backoff that is taken from a peer; longer ones count as this. Default 1 h.</summary>
    public TimeSpan MaxBackoff { get; set; } = TimeSpan.FromHours(1);

    /// <summary>A graft within this time after a prune is punished twice. Default 10 s.</summary>
    public TimeSpan GraftFloodTime { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Heartbeats between reviews of a mesh: one above its degree is brought back to it, one of low scores gets better peers. Default 60.</summary>
    public int OpportunisticGraftTicks { get; set; } = 60;

    /// <summary>Peers that are grafted in such an attempt. Default 2.</summary>
    public int OpportunisticGraftPeers { get; set; } = 2;

    /// <summary>Heartbeats between attempts to reach direct peers that are not connected. Default 300.</summary>
    public int DirectConnectTicks { get; set; } = 300;

    /// <summary>Message ids that are taken from one peer's IHAVE in a heartbeat, and told to one in it, of all topics together. Default 5000.</summary>
    public int MaxIHaveLength { get; set; } = 5000;

    /// <summary>IHAVE or IWANT messages that are taken from one peer in a heartbeat; ten times as many are punished. No more are told to one, either. Default 10.</summary>
    public int MaxIHaveMessages { get; set; } = 10;

    /// <summary>How often a peer may ask for one message. Default 3.</summary>
    public int GossipRetransmission { get; set; } = 3;

    /// <summary>How long a peer that has told of a message may take to send it. Default 3 s.</summary>
    public TimeSpan IWantFollowUp { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Bytes of content from which on peers are told not to send a message that is here. Default 1024.</summary>
    public int IDontWantThreshold { get; set; } = 1024;

    /// <summary>Ids of IDONTWANT that are taken from one peer in a heartbeat. Default 512.</summary>
    public int MaxIDontWantIds { get; set; } = 512;

    /// <summary>
    /// Bytes of content from which on a message is passed on to <see cref="DeferAfter"/> peers of the mesh at once and to the others
    /// <see cref="DeferDelay"/> later, unless they have said by then that they have it. Default 64 KiB.
    /// </summary>
    public int DeferThreshold { get; set; } = 64 * 1024;

    /// <summary>Peers to which such a message goes at once. Default 2.</summary>
    public int DeferAfter { get; set; } = 2;

    /// <summary>How much later it goes to the others, at most two heartbeats. Default 1 s.</summary>
    public TimeSpan DeferDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a message is remembered as seen. Default 120 s.</summary>
    public TimeSpan SeenTtl { get; set; } = TimeSpan.FromSeconds(120);

    /// <summary>Messages that are remembered as seen; beyond it the oldest are forgotten. Default 262,144.</summary>
    public int MaxSeen { get; set; } = 262_144;

    /// <summary>Topics that one peer may be subscribed to. Default 1024.</summary>
    public int MaxTopicsPerPeer { get; set; } = 1024;

    /// <summary>Topics that this node may be subscribed to. Default 1024.</summary>
    public int MaxTopics { get; set; } = 1024;

    /// <summary>Bytes of content of a message, sent and taken; at most 1 MiB. Default 60 KiB: rust-libp2p drops RPCs above 64 KiB.</summary>
    public int MaxMessageLength { get; set; } = 60 * 1024;

    /// <summary>Messages of one peer whose signatures are checked at once; beyond it the peer is not read from. Default 32.</summary>
    public int ValidationQueue { get; set; } = 32;

    /// <summary>Messages that wait for validators in all; what comes beyond it is ignored. Default 8192.</summary>
    public int ValidationThrottle { get; set; } = 8192;

    /// <summary>Messages that wait for one peer. Default 1024.</summary>
    public int MaxQueuedMessages { get; set; } = 1024;

    /// <summary>Bytes of messages that wait for one peer. Default 4 MiB.</summary>
    public int MaxQueuedBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>RPCs of control that wait for one peer; gossip is dropped from a quarter of it on. Default 256.</summary>
    public int MaxQueuedControl { get; set; } = 256;

    /// <summary>How long publishing waits for slow peers before it leaves them out. Default 5 s.</summary>
    public TimeSpan PublishTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The largest <see cref="MaxMessageLength"/>.</summary>
    public const int MaxMessageLengthLimit = 1024 * 1024;

    /// <summary>The most bytes of an RPC that is taken.</summary>
    public const int MaxRpcLength = MaxMessageLengthLimit + (64 * 1024);

    /// <summary>Throws where values make no sense or contradict each other.</summary>
    /// <exception cref="ArgumentException">With the option's name.</exception>
    public void Validate()
    {
        Score.Validate();
        ArgumentNullException.ThrowIfNull(ClassifyPeer);
        if (MaxVersion < MinVersion)
            throw new ArgumentOutOfRangeException(nameof(MaxVersion), MaxVersion, "It must not be before MinVersion.");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MeshDegreeLow);
        ArgumentOutOfRangeException.ThrowIfLessThan(MeshDegree, MeshDegreeLow);
        ArgumentOutOfRangeException.ThrowIfLessThan(MeshDegreeHigh, MeshDegree);
        ArgumentOutOfRangeException.ThrowIfNegative(MeshDegreeScore);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MeshDegreeScore, MeshDegree);
        ArgumentOutOfRangeException.ThrowIfNegative(MeshDegreeOutbound);
        if (MeshDegreeOutbound >= MeshDegreeLow || MeshDegreeOutbound > MeshDegree / 2)
            throw new ArgumentOutOfRangeException(nameof(MeshDegreeOutbound), MeshDegreeOutbound, "It must be below MeshDegreeLow and at most half of MeshDegree.");
        ArgumentOutOfRangeException.ThrowIfNegative(GossipDegree);
        if (!(GossipFactor is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(GossipFactor), GossipFactor, "It must be between 0 and 1.");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(HistoryGossip);
        ArgumentOutOfRangeException.ThrowIfLessThan(HistoryLength, HistoryGossip);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxHistoryBytes);
        ValidateTimes();
        ValidateBounds();
    }

    private void ValidateTimes()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(HeartbeatInterval, TimeSpan.FromMilliseconds(10));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(FanoutTtl, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(PruneBackoff, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfLessThan(UnsubscribeBackoff, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxBackoff, PruneBackoff);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxBackoff, TimeSpan.FromDays(1));
        ArgumentOutOfRangeException.ThrowIfLessThan(GraftFloodTime, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(IWantFollowUp, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(SeenTtl, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(PublishTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(DeferDelay, TimeSpan.Zero);
        // What a peer does not want is remembered for so long.
        ArgumentOutOfRangeException.ThrowIfGreaterThan(DeferDelay, 2 * HeartbeatInterval);
    }

    private void ValidateBounds()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(OpportunisticGraftTicks);
        ArgumentOutOfRangeException.ThrowIfNegative(OpportunisticGraftPeers);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(DirectConnectTicks);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxIHaveLength);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxIHaveMessages);
        ArgumentOutOfRangeException.ThrowIfNegative(GossipRetransmission);
        ArgumentOutOfRangeException.ThrowIfNegative(IDontWantThreshold);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxIDontWantIds);
        ArgumentOutOfRangeException.ThrowIfNegative(DeferThreshold);
        ArgumentOutOfRangeException.ThrowIfNegative(DeferAfter);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxSeen);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxTopicsPerPeer);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxTopics);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxMessageLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxMessageLength, MaxMessageLengthLimit);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(ValidationQueue);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(ValidationThrottle);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxQueuedMessages);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxQueuedBytes, 64 * 1024);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxQueuedControl, 4);
    }

    /// <summary>How a peer of a kind forms ids in a topic; null where that is not known.</summary>
    internal MessageIdFunction? FunctionFor(string topic, PubsubPeerKind kind)
    {
        if (MessageIdRule is { } chosen)
            return chosen(topic, kind);
        return SignaturePolicy is SignaturePolicy.StrictSign or SignaturePolicy.LaxSign ? MessageIds.Default(topic, kind) : MessageIds.DataHash;
    }
}
