namespace Libp2p.Protocols.Gossipsub;

/// <summary>
/// What one peer has sent in vain: it is not asked for that again, and not blamed twice. Of other peers it may be had: their message of the
/// same id may be another. Bounded in age and in number.
/// </summary>
internal sealed class UnwelcomeIds
{
    /// <summary>The most that are remembered of one peer.</summary>
    public const int Capacity = 512;

    private RecentIds<TimeSpan>? _expiries;

    public void Add(PubsubMessageId id, TimeSpan expiresAt)
    {
        _expiries ??= new RecentIds<TimeSpan>();
        if (_expiries.Contains(id))
            return;
        if (_expiries.Count >= Capacity)
            _expiries.RemoveOldest();
        _expiries.Add(id) = expiresAt;
    }

    public bool Contains(PubsubMessageId id) => _expiries is not null && _expiries.Contains(id);

    /// <summary>Forgets what is too old.</summary>
    public void Expire(TimeSpan now)
    {
        while (_expiries is { Count: > 0 } && _expiries.Oldest <= now)
            _expiries.RemoveOldest();
    }
}
