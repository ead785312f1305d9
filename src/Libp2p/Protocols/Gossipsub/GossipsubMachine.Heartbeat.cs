namespace Libp2p.Protocols.Gossipsub;

/// <content>The heartbeat: keeps meshes at their degree, gossips, lets time pass for all that is remembered.</content>
internal sealed partial class GossipsubMachine
{
    private static readonly Comparison<(GossipPeer Peer, double Score)> BestFirst = static (left, right) => right.Score.CompareTo(left.Score);

    private void Heartbeat(TimeSpan now)
    {
        _ticks++;
        _score.Refresh(now);
        foreach (var (peer, count) in _promises.TakeBroken(now))
        {
            _brokenPromises += count;
            _score.AddPenalty(peer, count);
        }
        _seen.Expire(now);
        _refused.Expire(now);
        _backoffs.Expire(now - _options.HeartbeatInterval);
        foreach (var peer in _peers.Values)
        {
            peer.BeginHeartbeat();
            ExpireDontWant(peer);
            peer.Unwelcome.Expire(now);
        }
        ConnectDirectPeers();
        var gossip = _cache.CollectGossip();
        foreach (var topic in _topics.Values)
        {
            if (topic.IsJoined)
                MaintainMesh(topic, now);
            else
                MaintainFanout(topic, now);
            if (gossip.TryGetValue(topic.Name, out var messages))
                Gossip(topic, messages);
        }
        BoundGossip();
        foreach (var topic in _topics.Values)
            Tidy(topic);
        _cache.Shift();
    }

    private void ConnectDirectPeers()
    {
        if (_ticks % _options.DirectConnectTicks != 1 % _options.DirectConnectTicks)
            return;
        foreach (var peer in _options.DirectPeers)
        {
            if (!_peers.ContainsKey(peer))
                _effects.Enqueue(new GossipsubEffect.ConnectDirect(peer));
        }
    }

    private void MaintainMesh(GossipTopic topic, TimeSpan now)
    {
        foreach (var peer in topic.Mesh)
        {
            if (Score(peer) < 0)
                Prune(topic, peer, offersPeers: false, now);
        }
        if (topic.Mesh.Count < _options.MeshDegreeLow)
            GraftSome(topic, _options.MeshDegree - topic.Mesh.Count, now, static (_, _) => true);
        // Those who join graft those who are there, so that meshes grow beyond their degree: now and then they are brought back to it.
        var isReview = _ticks % _options.OpportunisticGraftTicks == 0;
        if (topic.Mesh.Count > (isReview ? _options.MeshDegree : _options.MeshDegreeHigh))
            PruneMany(topic, now);
        if (topic.Mesh.Count >= _options.MeshDegreeLow)
            GraftSome(topic, _options.MeshDegreeOutbound - topic.Mesh.Count(p => p.IsOutbound), now, static (_, p) => p.IsOutbound);
        if (isReview && topic.Mesh.Count > 1)
            GraftBetter(topic, now);
    }

    /// <summary>Brings a mesh down to its degree: the best stay, then whom chance favours, with enough among them that this node chose to connect to.</summary>
    private void PruneMany(GossipTopic topic, TimeSpan now)
    {
        List<GossipPeer> shuffled = [.. topic.Mesh];
        _sampler.Shuffle(shuffled);
        var ranked = shuffled.ConvertAll(p => (Peer: p, Score: Score(p)));
        ranked.Sort(BestFirst);
        HashSet<GossipPeer> kept = [.. ranked.Take(_options.MeshDegreeScore).Select(r => r.Peer)];
        var missing = _options.MeshDegreeOutbound - kept.Count(p => p.IsOutbound);
        kept.UnionWith(shuffled.Where(p => p.IsOutbound && !kept.Contains(p)).Take(Math.Max(0, missing)).ToList());
        kept.UnionWith(shuffled.Where(p => !kept.Contains(p)).Take(Math.Max(0, _options.MeshDegree - kept.Count)).ToList());
        foreach (var peer in shuffled)
        {
            if (!kept.Contains(peer))
                Prune(topic, peer, _options.OfferPeers, now);
        }
    }

    private void GraftBetter(GossipTopic topic, TimeSpan now)
    {
        var scores = topic.Mesh.Select(Score).Order().ToList();
        var median = scores[scores.Count / 2];
        if (median < _options.Score.OpportunisticGraftThreshold)
            GraftSome(topic, _options.OpportunisticGraftPeers, now, (machine, p) => machine.Score(p) > median);
    }

    private void MaintainFanout(GossipTopic topic, TimeSpan now)
    {
        if (topic.Fanout.Count == 0)
            return;
        if (topic.FanoutUntil <= now)
        {
            topic.Fanout.Clear();
            return;
        }
        topic.Fanout.RemoveWhere(p => Score(p) < _options.Score.PublishThreshold);
        FillFanout(topic);
    }

    private void FillFanout(GossipTopic topic)
    {
        if (topic.Fanout.Count >= _options.MeshDegree)
            return;
        List<GossipPeer> candidates = [];
        foreach (var peer in topic.Subscribers)
        {
            if (peer is { SpeaksGossipsub: true, IsDirect: false } && !topic.Fanout.Contains(peer) && Score(peer) >= _options.Score.PublishThreshold)
                candidates.Add(peer);
        }
        _sampler.Keep(candidates, _options.MeshDegree - topic.Fanout.Count);
        topic.Fanout.UnionWith(candidates);
    }
}
