namespace Libp2p.Protocols.Gossipsub;

/// <summary>The messages of the last while, by this node's ids and by the other forms in use. Bounded in age and in number: the oldest go first.</summary>
internal sealed class SeenMessages(TimeSpan lifetime, int capacity)
{
    private readonly RecentIds<Sighting> _ids = new();
    private readonly Dictionary<OtherId, PubsubMessageId> _others = [];
    private readonly Queue<OtherId[]> _othersByAge = [];

    public int Count => _ids.Count;

    public bool Contains(PubsubMessageId id) => _ids.Contains(id);

    /// <summary>Remembers a message; false where it was.</summary>
    /// <param name="id">This node's id.</param>
    /// <param name="others">The same in other forms.</param>
    /// <param name="now">The time.</param>
    public bool Add(PubsubMessageId id, ReadOnlySpan<OtherId> others, TimeSpan now)
    {
        if (_ids.Contains(id))
            return false;
        if (_ids.Count >= capacity)
            ForgetOldest();
        _ids.Add(id) = new Sighting(now + lifetime, !others.IsEmpty);
        if (!others.IsEmpty)
            _othersByAge.Enqueue(others.ToArray());
        foreach (var other in others)
            _others[other] = id;
        return true;
    }

    /// <summary>Whether the message of an id in another form was seen.</summary>
    public bool Contains(OtherId id) => _others.ContainsKey(id);

    /// <summary>Finds this node's id of a message that was seen, by an id of whatever form.</summary>
    public bool TryResolve(PubsubMessageId id, ReadOnlySpan<MessageIdFunction> functions, out PubsubMessageId own)
    {
        own = id;
        if (_ids.Contains(id))
            return true;
        foreach (var function in functions)
        {
            if (_others.TryGetValue(new(function, id), out own))
                return true;
        }
        return false;
    }

    /// <summary>Forgets what is too old.</summary>
    public void Expire(TimeSpan now)
    {
        while (_ids.Count > 0 && _ids.Oldest.ExpiresAt <= now)
            ForgetOldest();
    }

    private void ForgetOldest()
    {
        if (_ids.Oldest.HasOthers)
        {
            foreach (var other in _othersByAge.Dequeue())
                _others.Remove(other);
        }
        _ids.RemoveOldest();
    }

    private readonly record struct Sighting(TimeSpan ExpiresAt, bool HasOthers);
}

/// <summary>A message id and the function that forms it.</summary>
internal readonly record struct OtherId(MessageIdFunction Function, PubsubMessageId Id);
