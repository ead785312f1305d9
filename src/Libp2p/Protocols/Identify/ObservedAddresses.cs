namespace Libp2p.Protocols.Identify;

/// <summary>An address at which others have found this node, or no longer do.</summary>
internal readonly record struct ObservedAddressChange(Multiaddress Address, bool IsConfirmed);

/// <summary>
/// Decides which of the addresses that peers say they see are this node's own. An address counts where the connection's own end is
/// a port that is listened on, so that its outer port leads back there; it is believed once enough observers, each in a network of
/// its own, agree. Pure: it is told the time. Has one owner.
/// </summary>
internal sealed class ObservedAddresses(IdentifyOptions options)
{
    /// <summary>Observers that are remembered; beyond it, those whose connection has ended make room, oldest first.</summary>
    public const int MaxVotes = 1024;

    /// <summary>Outer addresses of one that is listened on: more are a NAT that gives each peer another, and lead nowhere.</summary>
    private const int MaxOuterPerListen = 3;

    private readonly Dictionary<VoteKey, Vote> _votes = [];
    private readonly Dictionary<long, VoteKey> _byConnection = [];
    private readonly HashSet<Multiaddress> _confirmed = [];
    private readonly Queue<ObservedAddressChange> _changes = [];
    private IReadOnlyList<Multiaddress> _listen = [];

    /// <summary>Takes what a peer said over a connection; what it said before over the same one no longer counts.</summary>
    public void Observe(ConnectionInfo connection, Multiaddress observed, IReadOnlyList<Multiaddress> listen, TimeSpan now)
    {
        _listen = listen;
        Leave(connection.Id, now);
        if (KeyOf(connection, observed) is { } key && GetOrAdd(key) is { } vote)
        {
            vote.Outer = Waist(observed)!;
            vote.Connections++;
            vote.LastSeen = now;
            _byConnection[connection.Id] = key;
        }
        Expire(now);
    }

    /// <summary>A connection has ended: what was said over it counts for a while yet.</summary>
    public void End(long connectionId, TimeSpan now)
    {
        Leave(connectionId, now);
        Expire(now);
    }

    /// <summary>Ends every connection that is not among these.</summary>
    public void EndAllBut(IReadOnlyList<ConnectionInfo> open, TimeSpan now)
    {
        var present = open.Select(c => c.Id).ToHashSet();
        foreach (var id in _byConnection.Keys.Where(id => !present.Contains(id)).ToArray())
            Leave(id, now);
        Expire(now);
    }

    /// <summary>Forgets what has expired.</summary>
    public void Expire(TimeSpan now)
    {
        foreach (var (key, vote) in _votes)
        {
            if (vote.Connections == 0 && now - vote.LastSeen >= options.ObservationLifetime)
                _votes.Remove(key);
        }
        Count();
    }

    /// <summary>Takes the next change; false where there is none.</summary>
    public bool TryTake(out ObservedAddressChange change) => _changes.TryDequeue(out change);

    private void Leave(long connectionId, TimeSpan now)
    {
        if (!_byConnection.Remove(connectionId, out var key) || !_votes.TryGetValue(key, out var vote))
            return;
        vote.Connections--;
        vote.LastSeen = now;
    }

    private VoteKey? KeyOf(ConnectionInfo connection, Multiaddress observed)
    {
        if (Waist(connection.LocalAddress) is not { } local || Waist(observed) is not { } outer || outer == local)
            return null;
        if (outer.Parts[0].Protocol != local.Parts[0].Protocol || outer.Parts[1].Protocol != local.Parts[1].Protocol)
            return null;
        // A host of many identities is one observer; who is relayed is seen by the relay, not by its own eyes.
        if (Waist(connection.RemoteAddress) is null || AddressKey.Of(connection.RemoteAddress) is not { } observer)
            return null;
        // Whoever is inside sees an inside address, whoever is outside an outside one; anything else is a lie or a riddle.
        var scope = outer.Scope;
        if (scope != connection.RemoteAddress.Scope || scope is not (AddressScope.Public or AddressScope.Private))
            return null;
        if (!outer.TryGetEndPoint(out var outerEnd) || outerEnd.Port == 0)
            return null;
        var listen = _listen.Select(Waist).FirstOrDefault(w => w is not null && Covers(w, local));
        return listen is null ? null : new VoteKey(listen, observer);
    }

    private Vote? GetOrAdd(VoteKey key)
    {
        if (_votes.TryGetValue(key, out var vote))
            return vote;
        if (_votes.Count >= MaxVotes)
        {
            var oldest = _votes.Where(v => v.Value.Connections == 0).MinBy(v => v.Value.LastSeen);
            if (oldest.Value is null)
                return null;
            _votes.Remove(oldest.Key);
        }
        _votes.Add(key, vote = new Vote());
        return vote;
    }

    private void Count()
    {
        var believed = new HashSet<Multiaddress>();
        foreach (var byListen in _votes.GroupBy(v => v.Key.Listen, v => v.Value.Outer))
        {
            var outers = byListen.GroupBy(o => o)
                .Where(o => o.Count() >= options.MinObservers)
                .OrderByDescending(o => o.Count()).ThenByDescending(o => _confirmed.Contains(o.Key))
                .Take(MaxOuterPerListen);
            foreach (var outer in outers)
                believed.UnionWith(_listen.Where(l => Waist(l) == byListen.Key).Select(l => Multiaddress.FromParts([.. outer.Key.Parts, .. l.Parts.Skip(2)])));
        }
        foreach (var gone in _confirmed.Except(believed).ToArray())
        {
            _confirmed.Remove(gone);
            _changes.Enqueue(new ObservedAddressChange(gone, IsConfirmed: false));
        }
        foreach (var address in believed)
        {
            if (_confirmed.Add(address))
                _changes.Enqueue(new ObservedAddressChange(address, IsConfirmed: true));
        }
    }

    /// <summary>IP address and port, without what is layered upon them; null where the address has no such beginning, or is relayed.</summary>
    private static Multiaddress? Waist(Multiaddress address)
    {
        var parts = address.Parts;
        if (parts.Count < 2 || !(parts[0].Protocol == MultiaddressProtocols.Ip4 || parts[0].Protocol == MultiaddressProtocols.Ip6))
            return null;
        if (!(parts[1].Protocol == MultiaddressProtocols.Tcp || parts[1].Protocol == MultiaddressProtocols.Udp) || address.Contains(MultiaddressProtocols.P2pCircuit))
            return null;
        return Multiaddress.FromParts(parts[0], parts[1]);
    }

    private static bool Covers(Multiaddress listen, Multiaddress local) =>
        listen == local
        || (listen.Scope == AddressScope.Unspecified && listen.Parts[0].Protocol == local.Parts[0].Protocol && listen.Parts[1] == local.Parts[1]);

    private readonly record struct VoteKey(Multiaddress Listen, AddressKey Observer);

    private sealed class Vote
    {
        public Multiaddress Outer = null!;
        public int Connections;
        public TimeSpan LastSeen;
    }
}
