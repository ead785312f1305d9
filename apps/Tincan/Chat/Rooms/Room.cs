using Libp2p;

namespace Tincan.Chat.Rooms;

/// <summary>A room that this chat is in.</summary>
internal sealed class Room(RoomName name, IPubsubSubscription subscription)
{
    /// <summary>Authors that are remembered: those who spoke last.</summary>
    private const int MaxAuthors = 512;

    private readonly Lock _gate = new();
    private readonly Dictionary<PeerId, long> _authors = [];
    private HashSet<PeerId> _subscribers = [];

    /// <summary>What it is called.</summary>
    public RoomName Name { get; } = name;

    /// <summary>Its messages.</summary>
    public IPubsubSubscription Subscription { get; } = subscription;

    /// <summary>What reads them.</summary>
    public Task Running { get; set; } = Task.CompletedTask;

    /// <summary>Whether somebody was told that there is something unread in it.</summary>
    public bool UnreadTold { get; set; }

    /// <summary>When our name was told here last, as a time stamp; null where it has to be told.</summary>
    public long? NameToldAt { get; set; }

    /// <summary>Whether somebody is here who has not been told our name.</summary>
    public bool NameIsDue { get; set; }

    /// <summary>Whether it is to be told here to whom we are connected.</summary>
    public bool StatsAreDue { get; set; }

    /// <summary>Notes that a peer spoke.</summary>
    /// <param name="author">Who.</param>
    /// <param name="now">In ms since 1970.</param>
    public void Heard(PeerId author, long now)
    {
        lock (_gate)
        {
            if (_authors.Count >= MaxAuthors && !_authors.ContainsKey(author))
                _authors.Remove(_authors.MinBy(a => a.Value).Key);
            _authors[author] = now;
        }
    }

    /// <summary>When each peer that was heard spoke last, in ms since 1970. A snapshot.</summary>
    public IReadOnlyDictionary<PeerId, long> Authors()
    {
        lock (_gate)
            return new Dictionary<PeerId, long>(_authors);
    }

    /// <summary>Compares who subscribes now with who did.</summary>
    /// <returns>Whether somebody is new.</returns>
    public bool UpdateSubscribers(IReadOnlyList<PeerId> subscribers)
    {
        var anyNew = subscribers.Any(p => !_subscribers.Contains(p));
        _subscribers = [.. subscribers];
        return anyNew;
    }
}
