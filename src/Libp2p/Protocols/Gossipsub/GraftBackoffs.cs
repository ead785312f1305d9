namespace Libp2p.Protocols.Gossipsub;

/// <summary>Until when which peer and this node must not graft each other (gossipsub v1.1, "PRUNE Backoff"). It outlives the connection, or reconnecting would undo it.</summary>
internal sealed class GraftBackoffs(TimeSpan longest)
{
    /// <summary>Peers that are remembered; beyond it whoever may graft soonest is forgotten first.</summary>
    public const int Capacity = 16_384;

    private readonly Dictionary<(string Topic, PeerId Peer), TimeSpan> _until = [];

    public int Count => _until.Count;

    /// <summary>When the peer may be grafted again; null where it may be now.</summary>
    public TimeSpan? Until(string topic, PeerId peer, TimeSpan now) =>
        _until.TryGetValue((topic, peer), out var until) && until > now ? until : null;

    /// <summary>Keeps a peer from being grafted, at least until then.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="peer">The peer.</param>
    /// <param name="time">How long; whatever a peer says is cut to the longest.</param>
    /// <param name="now">The time.</param>
    public void Add(string topic, PeerId peer, TimeSpan time, TimeSpan now)
    {
        var until = now + (time < longest ? time : longest);
        if (_until.TryGetValue((topic, peer), out var known) && known >= until)
            return;
        if (_until.Count >= Capacity)
            MakeRoom(now);
        _until[(topic, peer)] = until;
    }

    /// <summary>The time that a peer said, which may be any number.</summary>
    public TimeSpan FromSeconds(ulong seconds) =>
        seconds >= (ulong)longest.TotalSeconds ? longest : TimeSpan.FromTicks((long)seconds * TimeSpan.TicksPerSecond);

    /// <summary>Forgets what is over.</summary>
    public void Expire(TimeSpan now)
    {
        foreach (var (key, until) in _until)
        {
            if (until <= now)
                _until.Remove(key);
        }
    }

    private void MakeRoom(TimeSpan now)
    {
        Expire(now);
        if (_until.Count < Capacity)
            return;
        foreach (var (key, _) in _until.OrderBy(u => u.Value).Take(Capacity / 8).ToList())
            _until.Remove(key);
    }
}
