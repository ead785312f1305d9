namespace Libp2p.Protocols.Gossipsub;

/// <summary>What peers were asked for after they said they had it: one id of each request, by the peer's own form (gossipsub v1.1, "Spam Protection Measures").</summary>
internal sealed class GossipPromises(TimeSpan patience)
{
    private readonly Dictionary<OtherId, Dictionary<PeerId, TimeSpan>> _promises = [];

    public int Count => _promises.Count;

    /// <summary>Expects a message of a peer.</summary>
    public void Add(PeerId peer, OtherId id, TimeSpan now)
    {
        if (!_promises.TryGetValue(id, out var peers))
            _promises.Add(id, peers = []);
        peers.TryAdd(peer, now + patience);
    }

    /// <summary>A message has come, from whomever: whoever promised it need not send it any more.</summary>
    public void Fulfil(OtherId id)
    {
        if (_promises.Count > 0)
            _promises.Remove(id);
    }

    /// <summary>A peer has sent what it promised, but nothing that helps others to keep their word.</summary>
    public void Fulfil(OtherId id, PeerId peer)
    {
        if (_promises.TryGetValue(id, out var peers) && peers.Remove(peer) && peers.Count == 0)
            _promises.Remove(id);
    }

    /// <summary>What comes may no longer be looked at: nobody is held to anything.</summary>
    public void Clear() => _promises.Clear();

    /// <summary>A peer has left, or can send no more.</summary>
    public void Forget(PeerId peer)
    {
        foreach (var (id, peers) in _promises)
        {
            if (peers.Remove(peer) && peers.Count == 0)
                _promises.Remove(id);
        }
    }

    /// <summary>Takes out the promises that were not kept; tells how many by each peer.</summary>
    public Dictionary<PeerId, int> TakeBroken(TimeSpan now)
    {
        Dictionary<PeerId, int> broken = [];
        foreach (var (id, peers) in _promises)
        {
            foreach (var (peer, until) in peers)
            {
                if (until > now)
                    continue;
                broken[peer] = broken.GetValueOrDefault(peer) + 1;
                peers.Remove(peer);
            }
            if (peers.Count == 0)
                _promises.Remove(id);
        }
        return broken;
    }
}
