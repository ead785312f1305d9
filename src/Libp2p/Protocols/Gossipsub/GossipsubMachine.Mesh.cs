namespace Libp2p.Protocols.Gossipsub;

/// <content>Meshes: join, leave, graft, prune, backoff, peer exchange.</content>
internal sealed partial class GossipsubMachine
{
    private void Join(string name, TimeSpan now)
    {
        var topic = GetOrAdd(name);
        if (topic.IsJoined)
            return;
        topic.IsJoined = true;
        foreach (var peer in _peers.Values)
            Outbox(peer).Subscriptions.Add(new(name, Subscribe: true));
        // Those that were sent to without a mesh are the first of it.
        foreach (var peer in topic.Fanout)
        {
            if (topic.Mesh.Count < _options.MeshDegree && MayGraft(topic, peer, now))
                Graft(topic, peer, now);
        }
        topic.Fanout.Clear();
        GraftSome(topic, _options.MeshDegree - topic.Mesh.Count, now, static (_, _) => true);
    }

    private void Leave(string name, TimeSpan now)
    {
        if (!_topics.TryGetValue(name, out var topic) || !topic.IsJoined)
            return;
        topic.IsJoined = false;
        // Messages of this topic are dropped unseen from now on, and a promise does not say of which it is.
        _promises.Clear();
        foreach (var peer in _peers.Values)
            Outbox(peer).Subscriptions.Add(new(name, Subscribe: false));
        foreach (var peer in topic.Mesh)
        {
            RemoveFromMesh(topic, peer);
            SendPrune(topic, peer, offersPeers: _options.OfferPeers, _options.UnsubscribeBackoff, now);
        }
        Tidy(topic);
    }

    /// <summary>Whether this node may take a peer into a mesh; a heartbeat longer than it was told to wait, since clocks and wires differ.</summary>
    private bool MayGraft(GossipTopic topic, GossipPeer peer, TimeSpan now) =>
        peer is { SpeaksGossipsub: true, IsDirect: false } && !topic.Mesh.Contains(peer)
        && _backoffs.Until(topic.Name, peer.Id, now - _options.HeartbeatInterval) is null && Score(peer) >= 0;

    private void Graft(GossipTopic topic, GossipPeer peer, TimeSpan now)
    {
        AddToMesh(topic, peer, now);
        Outbox(peer).Graft.Add(topic.Name);
    }

    private void AddToMesh(GossipTopic topic, GossipPeer peer, TimeSpan now)
    {
        topic.Mesh.Add(peer);
        _score.Graft(peer.Id, topic.Name, now);
        _effects.Enqueue(new GossipsubEffect.MeshChanged(peer.Id, topic.Name, IsIn: true));
    }

    private void RemoveFromMesh(GossipTopic topic, GossipPeer peer)
    {
        if (!topic.Mesh.Remove(peer))
            return;
        _score.Prune(peer.Id, topic.Name);
        _effects.Enqueue(new GossipsubEffect.MeshChanged(peer.Id, topic.Name, IsIn: false));
    }

    /// <summary>Takes some of the subscribers that may be grafted and that a condition holds for into the mesh, at random.</summary>
    private void GraftSome(GossipTopic topic, int count, TimeSpan now, Func<GossipsubMachine, GossipPeer, bool> condition)
    {
        if (count <= 0)
            return;
        List<GossipPeer> candidates = [];
        foreach (var peer in topic.Subscribers)
        {
            if (MayGraft(topic, peer, now) && condition(this, peer))
                candidates.Add(peer);
        }
        _sampler.Keep(candidates, count);
        foreach (var peer in candidates)
            Graft(topic, peer, now);
    }

    /// <summary>Takes a peer out of the mesh and tells it so.</summary>
    private void Prune(GossipTopic topic, GossipPeer peer, bool offersPeers, TimeSpan now)
    {
        RemoveFromMesh(topic, peer);
        SendPrune(topic, peer, offersPeers, _options.PruneBackoff, now);
    }

    private void SendPrune(GossipTopic topic, GossipPeer peer, bool offersPeers, TimeSpan backoff, TimeSpan now)
    {
        _backoffs.Add(topic.Name, peer.Id, backoff, now);
        var isTold = peer.Version >= GossipsubVersion.V11;
        Outbox(peer).Prune.Add(new(topic.Name, isTold ? (ulong)Math.Ceiling(backoff.TotalSeconds) : null, isTold && offersPeers ? Offer(topic, peer) : []));
    }

    private List<ExchangedPeer> Offer(GossipTopic topic, GossipPeer to)
    {
        List<GossipPeer> others = [];
        foreach (var peer in topic.Subscribers)
        {
            if (peer != to && !peer.SignedRecord.IsEmpty && Score(peer) >= 0)
                others.Add(peer);
        }
        _sampler.Keep(others, RpcCodec.MaxExchangedPeers);
        return others.ConvertAll(p => new ExchangedPeer(p.Id, p.SignedRecord));
    }

    private void ReceiveGraft(GossipPeer peer, List<string> topics, TimeSpan now)
    {
        foreach (var name in topics)
        {
            // For topics that this node is not in, a graft is not even answered: it may be spam.
            if (!_topics.TryGetValue(name, out var topic) || !topic.IsJoined || topic.Mesh.Contains(peer))
                continue;
            if (peer.IsDirect)
            {
                SendPrune(topic, peer, offersPeers: false, _options.PruneBackoff, now);
            }
            else if (_backoffs.Until(name, peer.Id, now) is { } until)
            {
                _score.AddPenalty(peer.Id, 1);
                // The time of the prune is that of the backoff's end less the backoff.
                if (now < until - _options.PruneBackoff + _options.GraftFloodTime)
                    _score.AddPenalty(peer.Id, 1);
                SendPrune(topic, peer, offersPeers: false, _options.PruneBackoff, now);
            }
            else if (Score(peer) < 0)
            {
                SendPrune(topic, peer, offersPeers: false, _options.PruneBackoff, now);
            }
            else if (topic.Mesh.Count >= _options.MeshDegreeHigh && !peer.IsOutbound)
            {
                SendPrune(topic, peer, _options.OfferPeers, _options.PruneBackoff, now);
            }
            else
            {
                topic.Add(peer);
                AddToMesh(topic, peer, now);
            }
        }
    }

    private void ReceivePrune(GossipPeer peer, List<Prune> prunes, TimeSpan now)
    {
        foreach (var (name, seconds, peers) in prunes)
        {
            if (!_topics.TryGetValue(name, out var topic) || !topic.IsJoined)
                continue;
            RemoveFromMesh(topic, peer);
            _backoffs.Add(name, peer.Id, seconds is > 0 and var said ? _backoffs.FromSeconds(said) : _options.PruneBackoff, now);
            if (peers.Count > 0 && Score(peer) >= _options.Score.AcceptPeerExchangeThreshold)
            {
                // Who is named without a record could be anybody, at any address.
                var named = peers.FindAll(p => !p.SignedRecord.IsEmpty && p.Peer != _self && !_peers.ContainsKey(p.Peer));
                if (named.Count > 0)
                    _effects.Enqueue(new GossipsubEffect.ConnectExchanged(named));
            }
        }
    }
}
