using Libp2p.Protocols.Gossipsub.Score;

namespace Libp2p.Protocols.Gossipsub;

/// <summary>What gossipsub is doing at one moment.</summary>
/// <param name="Topics">The topics that this node or a connected peer is subscribed to, or that were published to lately.</param>
/// <param name="Peers">The connected peers that speak pubsub.</param>
/// <param name="Caches">What is remembered.</param>
/// <param name="Counters">What happened since the start.</param>
public sealed record GossipsubSnapshot(IReadOnlyList<TopicSnapshot> Topics, IReadOnlyList<PeerSnapshot> Peers, CacheSnapshot Caches, GossipsubCounters Counters);

/// <summary>One topic.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsJoined">Whether this node is subscribed.</param>
/// <param name="Subscribers">The connected peers that are.</param>
/// <param name="Mesh">Those that messages are exchanged with.</param>
/// <param name="Fanout">Those that own messages go to while this node is not subscribed.</param>
public sealed record TopicSnapshot(string Name, bool IsJoined, IReadOnlyList<PeerId> Subscribers, IReadOnlyList<PeerId> Mesh, IReadOnlyList<PeerId> Fanout);

/// <summary>One peer.</summary>
/// <param name="Peer">Who.</param>
/// <param name="Version">What is spoken with it.</param>
/// <param name="Kind">How it forms message ids.</param>
/// <param name="IsOutbound">Whether this node opened the connection.</param>
/// <param name="IsDirect">Whether it is outside of meshes and scores by agreement.</param>
/// <param name="Score">Its score and what that is made of.</param>
/// <param name="Topics">What it is subscribed to.</param>
/// <param name="Meshes">The topics in whose meshes it is.</param>
/// <param name="UnwantedMessages">Messages that it has said it does not want.</param>
/// <param name="QueuedMessages">Messages that wait to be sent to it.</param>
/// <param name="QueuedBytes">Their bytes.</param>
public sealed record PeerSnapshot(
    PeerId Peer, GossipsubVersion Version, PubsubPeerKind Kind, bool IsOutbound, bool IsDirect, PeerScoreSnapshot Score, IReadOnlyList<string> Topics,
    IReadOnlyList<string> Meshes, int UnwantedMessages, int QueuedMessages, long QueuedBytes);

/// <summary>What is remembered.</summary>
/// <param name="SeenMessages">Messages that count as seen.</param>
/// <param name="HistoryMessages">Messages that can be asked for.</param>
/// <param name="HistoryBytes">Their bytes.</param>
/// <param name="Backoffs">Peers that must not be grafted yet, counted for each topic.</param>
/// <param name="Promises">Messages that peers have promised.</param>
/// <param name="UnprovenMessages">Messages whose signatures are being checked, and those being judged whose ids prove no author.</param>
public sealed record CacheSnapshot(int SeenMessages, int HistoryMessages, long HistoryBytes, int Backoffs, int Promises, int UnprovenMessages);

/// <summary>What happened since the start.</summary>
/// <param name="Published">Own messages.</param>
/// <param name="Received">Messages that came, copies among them.</param>
/// <param name="Duplicates">Copies of what was here, or was being checked.</param>
/// <param name="Refused">Messages without a valid signature, or against the policy.</param>
/// <param name="Rejected">Messages that validators found bad.</param>
/// <param name="Ignored">Messages that validators found of no use, or that there was no room to judge.</param>
/// <param name="Delivered">Messages that were found good.</param>
/// <param name="Sent">Messages that were handed to connections, one for each peer.</param>
/// <param name="Dropped">Messages to pass on for which a peer's queue had no room.</param>
/// <param name="Laggards">Own messages that slow peers were left out of.</param>
/// <param name="DroppedGossip">RPCs of gossip that were dropped for slow peers.</param>
public sealed record GossipsubCounters(
    long Published, long Received, long Duplicates, long Refused, long Rejected, long Ignored, long Delivered, long Sent, long Dropped, long Laggards, long DroppedGossip);
