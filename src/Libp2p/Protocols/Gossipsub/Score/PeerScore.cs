namespace Libp2p.Protocols.Gossipsub.Score;

/// <summary>
/// Scores peers by what they do (gossipsub v1.1, "Peer Scoring"). Pure: it is told what happened and what time it is; has one
/// owner and no lock. What it remembers is bounded: peers that are connected, those that left with a record, recent messages.
/// </summary>
/// <remarks>
/// What it does where the specification leaves room: a peer that leaves keeps whatever speaks against it, even where more spoke for
/// it; only those count against their address that are connected, or have such a record; and a peer that left before the verdict on
/// its message is judged all the same.
/// </remarks>
internal sealed class PeerScore(PeerScoreOptions options, TimeSpan startedAt)
{
    private readonly Dictionary<PeerId, ScoredPeer> _peers = [];
    private readonly LinkedList<ScoredPeer> _absent = [];
    private readonly ColocatedPeers _colocated = new(options);
    private readonly MessageDeliveries _deliveries = new(options);
    private TimeSpan _refreshedAt = startedAt;

    /// <summary>How many peers are remembered, connected or not.</summary>
    public int PeerCount => _peers.Count;

    /// <summary>How many messages are remembered.</summary>
    public int DeliveryCount => _deliveries.Count;

    /// <summary>The peer's score; 0 for one that is not known.</summary>
    public double Score(PeerId peer) =>
        _peers.TryGetValue(peer, out var scored) ? scored.TopicScore(options.TopicScoreCap) + Application(scored) + Colocation(scored) + Behaviour(scored) : 0;

    /// <summary>The peer's score and its parts; null for one that is not known.</summary>
    public PeerScoreSnapshot? Describe(PeerId peer)
    {
        if (!_peers.TryGetValue(peer, out var scored))
            return null;
        return new PeerScoreSnapshot(
            peer, scored.Absence is null, Score(peer), scored.TopicScore(options.TopicScoreCap), Application(scored), Colocation(scored), Behaviour(scored),
            [.. scored.Topics.Select(t => t.Value.Describe(t.Key))]);
    }

    /// <summary>The peer is connected. Called again for another of its connections, it counts at that address, too.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="address">Whom its address counts as; null for none, as where it is relayed.</param>
    public void AddPeer(PeerId peer, AddressKey? address)
    {
        var scored = GetOrAdd(peer);
        if (scored.Absence is { } absence)
        {
            // It may come back from elsewhere; what it did comes with it.
            _absent.Remove(absence);
            scored.Absence = null;
            _colocated.Remove(scored);
        }
        if (address is { } key)
            _colocated.Add(scored, key);
        scored.Application = AskApplication(peer);
    }

    /// <summary>The peer has left.</summary>
    public void RemovePeer(PeerId peer, TimeSpan now)
    {
        if (!_peers.TryGetValue(peer, out var scored) || scored.Absence is not null)
            return;
        scored.Leave();
        if (scored.HasMisdeeds && Retains)
            Retain(scored, now);
        else
            Forget(scored);
    }

    /// <summary>The peer came into a mesh of ours.</summary>
    public void Graft(PeerId peer, string topic, TimeSpan now) => Find(peer, topic)?.Graft(now);

    /// <summary>The peer left a mesh of ours.</summary>
    public void Prune(PeerId peer, string topic) => Find(peer, topic)?.Prune();

    /// <summary>A message has proven its author and is now validated; until the verdict, who else delivers it is noted.</summary>
    public void ValidateMessage(PubsubMessageId id, TimeSpan now) => _deliveries.GetOrAdd(id, now, out _);

    /// <summary>A message was found good.</summary>
    /// <param name="peer">Who delivered it first.</param>
    /// <param name="topic">Its topic.</param>
    /// <param name="id">Its id.</param>
    /// <param name="now">The time.</param>
    public void DeliverMessage(PeerId peer, string topic, PubsubMessageId id, TimeSpan now)
    {
        ref var delivery = ref _deliveries.GetOrAdd(id, now, out _);
        if (delivery.Status != DeliveryStatus.Pending)
            return;
        (delivery.Status, delivery.ValidatedAt) = (DeliveryStatus.Valid, now);
        Find(peer, topic)?.AddFirstDelivery();
        if (options.For(topic) is not { MeasuresMeshDeliveries: true })
        {
            delivery.Peers = null;
            return;
        }
        MessageDeliveries.Note(ref delivery, peer);
        foreach (var other in delivery.Peers!)
        {
            if (other != peer)
                Find(other, topic)?.AddMeshDelivery();
        }
    }

    /// <summary>A message was found invalid by the validators of its topic: whoever delivered it is to blame, or will be.</summary>
    public void RejectMessage(PeerId peer, string topic, PubsubMessageId id, TimeSpan now)
    {
        ref var delivery = ref _deliveries.GetOrAdd(id, now, out _);
        if (delivery.Status != DeliveryStatus.Pending)
            return;
        var others = delivery.Peers;
        delivery.Status = DeliveryStatus.Invalid;
        delivery.Peers = null;
        Blame(peer, topic, now);
        foreach (var other in others ?? [])
        {
            if (other != peer)
                Blame(other, topic, now);
        }
    }

    /// <summary>
    /// A message was refused before its author was proven, as by a wrong signature: its id may be forged, so that only the one who
    /// sent it is to blame.
    /// </summary>
    public void RejectUnproven(PeerId peer, string topic, TimeSpan now) => Blame(peer, topic, now);

    /// <summary>There is no verdict on a message, or one that is to harm nobody.</summary>
    public void IgnoreMessage(PubsubMessageId id, TimeSpan now)
    {
        ref var delivery = ref _deliveries.GetOrAdd(id, now, out _);
        if (delivery.Status == DeliveryStatus.Pending)
            (delivery.Status, delivery.Peers) = (DeliveryStatus.Ignored, null);
    }

    /// <summary>A message came again.</summary>
    public void DuplicateMessage(PeerId peer, string topic, PubsubMessageId id, TimeSpan now)
    {
        ref var delivery = ref _deliveries.Find(id);
        if (MessageDeliveries.IsNone(ref delivery))
            return;
        switch (delivery.Status)
        {
            case DeliveryStatus.Pending:
                MessageDeliveries.Note(ref delivery, peer);
                break;
            case DeliveryStatus.Valid:
                if (options.For(topic) is not { MeasuresMeshDeliveries: true } || Find(peer, topic) is not { InMesh: true } scored)
                    break;
                if (now - delivery.ValidatedAt > scored.Window)
                    delivery.Peers = null;
                else if (MessageDeliveries.Note(ref delivery, peer))
                    scored.AddMeshDelivery();
                break;
            case DeliveryStatus.Invalid:
                Blame(peer, topic, now);
                break;
        }
    }

    /// <summary>The peer broke a rule of the protocol, so many times.</summary>
    public void AddPenalty(PeerId peer, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (_peers.TryGetValue(peer, out var scored))
            scored.Penalties += count;
    }

    /// <summary>Lets counters decay, by as many intervals as have passed, and forgets what is over. To be called about every interval.</summary>
    public void Refresh(TimeSpan now)
    {
        _deliveries.Expire(now);
        while (_absent.First is { } first && first.Value.ForgottenAt <= now)
            Forget(first.Value);
        var intervals = (now - _refreshedAt).Ticks / options.DecayInterval.Ticks;
        if (intervals <= 0)
            return;
        _refreshedAt += options.DecayInterval * intervals;
        var decays = (int)Math.Min(intervals, int.MaxValue);
        foreach (var scored in _peers.Values)
        {
            // Who has left waits in vain: its record stays as it was.
            if (scored.Absence is not null)
                continue;
            scored.Refresh(now, decays, options);
            scored.Application = AskApplication(scored.Id);
        }
    }

    private bool Retains => options.Retention > TimeSpan.Zero && options.MaxRetained > 0;

    private double Application(ScoredPeer peer) => options.ApplicationWeight * peer.Application;

    private double Colocation(ScoredPeer peer) => options.ColocationWeight == 0 ? 0 : Weigh(options.ColocationWeight, _colocated.SquaredSurplus(peer));

    private double Behaviour(ScoredPeer peer)
    {
        var excess = peer.Penalties - options.BehaviourThreshold;
        return excess > 0 ? Weigh(options.BehaviourWeight, excess * excess) : 0;
    }

    // Not −0, which a weight below zero makes of nothing.
    private static double Weigh(double weight, double value) => value == 0 ? 0 : weight * value;

    private double AskApplication(PeerId peer)
    {
        var score = options.ApplicationScore?.Invoke(peer) ?? 0;
        return double.IsFinite(score) ? Math.Clamp(score, -ScoreRange.Max, ScoreRange.Max) : 0;
    }

    /// <summary>What a connected peer does in a topic; null where the peer has left, or the topic is not scored.</summary>
    private ScoredTopic? Find(PeerId peer, string topic) =>
        _peers.TryGetValue(peer, out var scored) && scored.Absence is null ? scored.GetOrAddTopic(topic, options) : null;

    private ScoredPeer GetOrAdd(PeerId peer)
    {
        if (!_peers.TryGetValue(peer, out var scored))
            _peers.Add(peer, scored = new ScoredPeer(peer));
        return scored;
    }

    private void Blame(PeerId peer, string topic, TimeSpan now)
    {
        var isKnown = _peers.ContainsKey(peer);
        if (!isKnown && (!Retains || options.For(topic) is null))
            return;
        var scored = GetOrAdd(peer);
        scored.GetOrAddTopic(topic, options)?.AddInvalidMessage();
        if (!isKnown)
            Retain(scored, now);
    }

    private void Retain(ScoredPeer peer, TimeSpan now)
    {
        peer.ForgottenAt = now + options.Retention;
        peer.Absence = _absent.AddLast(peer);
        if (_absent.Count > options.MaxRetained)
            Forget(_absent.First!.Value);
    }

    private void Forget(ScoredPeer peer)
    {
        if (peer.Absence is { } absence)
            _absent.Remove(absence);
        _colocated.Remove(peer);
        _peers.Remove(peer.Id);
    }
}
