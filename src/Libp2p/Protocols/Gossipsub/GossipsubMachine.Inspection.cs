namespace Libp2p.Protocols.Gossipsub;

/// <content>What there is to see.</content>
internal sealed partial class GossipsubMachine
{
    private static readonly GossipsubCounters NoCounters = new(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    private static readonly string[] Protocols = ["/floodsub/1.0.0", "/meshsub/1.0.0", "/meshsub/1.1.0", "/meshsub/1.2.0"];

    /// <summary>The peers that are subscribed to a topic.</summary>
    public PeerId[] Subscribers(string topic) => _topics.TryGetValue(topic, out var known) ? [.. known.Subscribers.Select(p => p.Id)] : [];

    /// <summary>All but what the machine's owner counts.</summary>
    public GossipsubSnapshot Describe() => new(
        [.. _topics.Values.Select(t => new TopicSnapshot(t.Name, t.IsJoined, Ids(t.Subscribers), Ids(t.Mesh), Ids(t.Fanout)))],
        [.. _peers.Values.Select(Describe)],
        new CacheSnapshot(_seen.Count, _cache.Count, _cache.Bytes, _backoffs.Count, _promises.Count, _inFlight.Count),
        NoCounters);

    /// <summary>What is measured: all but what the machine's owner has.</summary>
    public GossipsubReadings Measure()
    {
        var scores = _peers.Values.Select(Score).ToList();
        return new GossipsubReadings
        {
            Peers = [.. Enum.GetValues<GossipsubVersion>().Select(v => (Protocols[(int)v], (long)_peers.Values.Count(p => p.Version == v)))],
            Below =
            [
                ("zero", scores.Count(s => s < 0)), ("gossip", scores.Count(s => s < _options.Score.GossipThreshold)),
                ("publish", scores.Count(s => s < _options.Score.PublishThreshold)), ("graylist", scores.Count(s => s < _options.Score.GraylistThreshold)),
            ],
            Topics = [.. _topics.Values.Where(t => t.IsJoined).Select(t => (t.Name, t.Subscribers.Count, t.Mesh.Count))],
            HistoryBytes = _cache.Bytes,
            BrokenPromises = _brokenPromises,
        };
    }

    private static PeerId[] Ids(HashSet<GossipPeer> peers) => [.. peers.Select(p => p.Id)];

    private PeerSnapshot Describe(GossipPeer peer) => new(
        peer.Id, peer.Version, peer.Kind, peer.IsOutbound, peer.IsDirect, _score.Describe(peer.Id)!, [.. peer.Topics.Select(t => t.Name)],
        [.. peer.Topics.Where(t => t.Mesh.Contains(peer)).Select(t => t.Name)], peer.DontWant.Count, 0, 0);
}
