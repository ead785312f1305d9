using Libp2p.Protocols.Gossipsub.Score;

namespace Libp2p.Protocols.Gossipsub;

/// <summary>
/// Gossipsub as pure state (gossipsub specifications v1.0, v1.1, v1.2): who is subscribed to what, the meshes, gossip, scores. Signatures
/// and validators are its owner's: it is asked about each message that arrives, and told what became of it.
/// </summary>
internal sealed partial class GossipsubMachine : IStateMachine<GossipsubInput, GossipsubEffect>
{
    private readonly GossipsubOptions _options;
    private readonly PeerId _self;
    private readonly PeerSampler _sampler;
    private readonly PeerScore _score;
    private readonly Dictionary<PeerId, GossipPeer> _peers = [];
    private readonly Dictionary<string, GossipTopic> _topics = new(StringComparer.Ordinal);
    private readonly MessagesInFlight _inFlight = new();
    private readonly RefusedMessages _refused;
    private readonly SeenMessages _seen;
    private readonly MessageCache _cache;
    private readonly GraftBackoffs _backoffs;
    private readonly GossipPromises _promises;
    private readonly DeferredMessages _deferred;
    private readonly List<MessageIdFunction> _otherFunctions = [];
    private readonly List<OtherId> _others = [];
    private readonly List<GossipPeer> _outboxes = [];
    private readonly Queue<GossipsubEffect> _effects = new();
    private TimeSpan _heartbeatAt;
    private long _ticks;
    private long _brokenPromises;

    /// <summary>Creates it.</summary>
    /// <param name="options">The parameters, validated.</param>
    /// <param name="self">This node.</param>
    /// <param name="sampler">Its source of chance.</param>
    /// <param name="startedAt">The time; the first heartbeat is an interval later.</param>
    public GossipsubMachine(GossipsubOptions options, PeerId self, PeerSampler sampler, TimeSpan startedAt)
    {
        _options = options;
        _self = self;
        _sampler = sampler;
        _score = new PeerScore(options.Score, startedAt);
        _seen = new SeenMessages(options.SeenTtl, options.MaxSeen);
        _refused = new RefusedMessages(options.SeenTtl);
        _cache = new MessageCache(options.HistoryLength, options.HistoryGossip, options.MaxHistoryBytes);
        _backoffs = new GraftBackoffs(options.MaxBackoff);
        _promises = new GossipPromises(options.IWantFollowUp);
        _deferred = new DeferredMessages(options.DeferDelay);
        _heartbeatAt = startedAt + options.HeartbeatInterval;
    }

    /// <inheritdoc/>
    public TimeSpan? Deadline => _deferred.DueAt is { } due && due < _heartbeatAt ? due : _heartbeatAt;

    /// <inheritdoc/>
    public void Advance(in GossipsubInput input, TimeSpan now)
    {
        switch (input)
        {
            case GossipsubInput.MessageVerified verified:
                Verified(verified.Peer, verified.Message, now);
                break;
            case GossipsubInput.MessageJudged judged:
                Judged(judged.Peer, judged.Message, judged.Verdict, now);
                break;
            case GossipsubInput.MessageForged forged:
                Forged(forged.Peer, forged.Message, now);
                break;
            case GossipsubInput.Published published:
                Publish(published.Message, now);
                break;
            case GossipsubInput.RpcReceived rpc:
                Receive(rpc.Peer, rpc.Content, now);
                break;
            case GossipsubInput.PeerMisbehaved misbehaved:
                _score.AddPenalty(misbehaved.Peer, 1);
                break;
            case GossipsubInput.RequestsDropped dropped:
                _promises.Forget(dropped.Peer);
                break;
            case GossipsubInput.PeerAdded added:
                AddPeer(added, now);
                break;
            case GossipsubInput.PeerIdentified identified:
                Identify(identified);
                break;
            case GossipsubInput.PeerRemoved removed:
                RemovePeer(removed.Peer, removed.Tag, now);
                break;
            case GossipsubInput.PeerSilent silent when _peers.TryGetValue(silent.Peer, out var peer):
                UnsubscribeAll(peer);
                break;
            case GossipsubInput.Joined joined:
                Join(joined.Topic, now);
                break;
            case GossipsubInput.Left left:
                Leave(left.Topic, now);
                break;
        }
        SendOutboxes();
    }

    /// <inheritdoc/>
    public void Elapse(TimeSpan now)
    {
        SendDeferred(now);
        if (now < _heartbeatAt)
            return;
        // A heartbeat that is late is one heartbeat: what was missed is not made up for.
        _heartbeatAt = now - _heartbeatAt < _options.HeartbeatInterval ? _heartbeatAt + _options.HeartbeatInterval : now + _options.HeartbeatInterval;
        Heartbeat(now);
        SendOutboxes();
    }

    /// <inheritdoc/>
    public bool TryTake(out GossipsubEffect effect) => _effects.TryDequeue(out effect!);

    /// <summary>Whether anything of a peer is taken at all: not below the graylist threshold.</summary>
    public bool Accepts(PeerId peer) =>
        _peers.TryGetValue(peer, out var known) && (known.IsDirect || _score.Score(peer) >= _options.Score.GraylistThreshold);

    /// <summary>Whether this node is subscribed to a topic.</summary>
    public bool IsJoined(string topic) => _topics.TryGetValue(topic, out var known) && known.IsJoined;

    private double Score(GossipPeer peer) => peer.IsDirect ? 0 : _score.Score(peer.Id);

    private void AddPeer(GossipsubInput.PeerAdded added, TimeSpan now)
    {
        if (_peers.TryGetValue(added.Peer, out var before) && !Equals(before.Tag, added.Tag))
            RemovePeer(added.Peer, before.Tag, now);
        if (!_peers.TryGetValue(added.Peer, out var peer))
        {
            peer = new GossipPeer(added.Peer, added.Version, added.IsOutbound, _options.DirectPeers.Contains(added.Peer), added.Tag);
            _peers.Add(added.Peer, peer);
            _score.AddPeer(added.Peer, added.Address);
        }
        // Also where it is known: the stream to it is a new one, and whoever reads that knows nothing yet.
        foreach (var topic in _topics.Values)
        {
            if (topic.IsJoined)
                Outbox(peer).Subscriptions.Add(new(topic.Name, Subscribe: true));
        }
    }

    private void Identify(GossipsubInput.PeerIdentified identified)
    {
        if (!_peers.TryGetValue(identified.Peer, out var peer))
            return;
        peer.SignedRecord = identified.SignedRecord;
        foreach (var topic in peer.Topics)
            topic.Reclassify(peer.Kind, identified.Kind);
        peer.Kind = identified.Kind;
    }

    private void RemovePeer(PeerId id, object? tag, TimeSpan now)
    {
        if (!_peers.TryGetValue(id, out var peer) || !Equals(peer.Tag, tag))
            return;
        _peers.Remove(id);
        UnsubscribeAll(peer);
        _outboxes.Remove(peer);
        _promises.Forget(id);
        _score.RemovePeer(id, now);
    }

    private void UnsubscribeAll(GossipPeer peer)
    {
        foreach (var topic in peer.Topics.ToList())
            Unsubscribe(peer, topic);
    }

    private void Receive(PeerId from, RpcContent content, TimeSpan now)
    {
        if (!Accepts(from))
            return;
        var peer = _peers[from];
        ReceiveSubscriptions(peer, content.Subscriptions, now);
        if (!peer.SpeaksGossipsub)
            return;
        ReceiveIHave(peer, content.IHave, now);
        ReceiveIWant(peer, content.IWant);
        ReceiveGraft(peer, content.Graft, now);
        ReceivePrune(peer, content.Prune, now);
        ReceiveIDontWant(peer, content.IDontWant);
    }

    private void ReceiveSubscriptions(GossipPeer peer, List<SubscriptionChange> changes, TimeSpan now)
    {
        var isExcessive = false;
        foreach (var (name, subscribe) in changes)
        {
            if (!subscribe)
            {
                if (_topics.TryGetValue(name, out var left))
                    Unsubscribe(peer, left);
            }
            else if (_options.SubscriptionFilter?.Invoke(name) == false)
            {
                // What this node does not want to know of, others may still talk about.
            }
            else if (peer.Topics.Count >= _options.MaxTopicsPerPeer && !(_topics.TryGetValue(name, out var known) && known.Subscribers.Contains(peer)))
            {
                isExcessive = true;
            }
            else
            {
                var topic = GetOrAdd(name);
                if (topic.Add(peer) && topic.IsJoined && topic.Mesh.Count < _options.MeshDegree && MayGraft(topic, peer, now))
                    Graft(topic, peer, now);
            }
        }
        if (isExcessive)
            _score.AddPenalty(peer.Id, 1);
    }

    private void Unsubscribe(GossipPeer peer, GossipTopic topic)
    {
        topic.Remove(peer);
        topic.Fanout.Remove(peer);
        RemoveFromMesh(topic, peer);
        Tidy(topic);
    }

    private GossipTopic GetOrAdd(string name)
    {
        if (!_topics.TryGetValue(name, out var topic))
            _topics.Add(name, topic = new GossipTopic(name, _options));
        return topic;
    }

    private void Tidy(GossipTopic topic)
    {
        if (topic.IsIdle)
            _topics.Remove(topic.Name);
    }

    private RpcContent Outbox(GossipPeer peer)
    {
        if (peer.Outbox is null)
        {
            peer.Outbox = new RpcContent();
            _outboxes.Add(peer);
        }
        return peer.Outbox;
    }

    private void SendOutboxes()
    {
        foreach (var peer in _outboxes)
        {
            if (peer.Outbox is { IsEmpty: false } content)
                _effects.Enqueue(new GossipsubEffect.SendControl(peer, content));
            peer.Outbox = null;
        }
        _outboxes.Clear();
    }
}
