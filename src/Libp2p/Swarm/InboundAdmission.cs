namespace Libp2p.Swarm;

/// <summary>
/// Bounds what strangers may make this node do before they have proven who they are: how fast one address may come, and how
/// many upgrades are under way. When all places are taken the oldest unproven one makes room, so that those who stay silent
/// never lock a newcomer out.
/// </summary>
internal sealed class InboundAdmission(UpgradeOptions options, TimeProvider time)
{
    /// <summary>Addresses whose rate is remembered; beyond it those that have been quiet are forgotten.</summary>
    private const int MaxRemembered = 10_000;

    private readonly Lock _gate = new();
    private readonly LinkedList<Place> _places = [];
    private readonly Dictionary<AddressKey, TokenBucket> _rates = [];
    private readonly long _began = time.GetTimestamp();

    /// <summary>Upgrades under way.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _places.Count;
        }
    }

    /// <summary>Asks for a place; null where that address comes too fast. Dispose it when the upgrade is over.</summary>
    public Place? TryEnter(Multiaddress remoteAddress)
    {
        var key = KeyOf(remoteAddress);
        Place? evicted;
        Place place;
        lock (_gate)
        {
            if (key is { } address && !TakeRate(address))
                return null;
            evicted = OldestOf(key);
            if (evicted is null && _places.Count >= options.MaxInbound)
                evicted = _places.First!.Value;
            if (evicted is not null)
                Remove(evicted);
            place = new Place(this, key, new CancellationTokenSource(options.InboundTimeout, time));
            place.Node = _places.AddLast(place);
        }
        evicted?.Evict();
        return place;
    }

    /// <summary>Counts a place for another address from now on, which a trusted proxy told; false where that one comes too fast.</summary>
    public bool TryMove(Place place, Multiaddress remoteAddress)
    {
        var key = KeyOf(remoteAddress);
        Place? evicted;
        lock (_gate)
        {
            if (key is { } address && !TakeRate(address))
                return false;
            evicted = OldestOf(key);
            if (evicted is not null)
                Remove(evicted);
            place.Key = key;
        }
        evicted?.Evict();
        return true;
    }

    private AddressKey? KeyOf(Multiaddress remoteAddress) =>
        options.AllowManyPerAddress || options.IsTrustedProxy(remoteAddress) ? null : AddressKey.Of(remoteAddress);

    /// <summary>Whose place is needed where an address has all that it may have.</summary>
    private Place? OldestOf(AddressKey? key) =>
        key is not null && _places.Count(p => p.Key == key) >= options.MaxInboundPerAddress ? _places.First(p => p.Key == key) : null;

    private bool TakeRate(AddressKey key)
    {
        var now = time.GetElapsedTime(_began);
        if (!_rates.TryGetValue(key, out var bucket))
        {
            if (_rates.Count >= MaxRemembered)
                ForgetQuiet(now);
            if (_rates.Count >= MaxRemembered)
                return true; // A flood from ten thousand addresses: the places alone bound it.
            bucket = new TokenBucket(options.AcceptsPerSecond, options.AcceptBurst);
        }
        var taken = bucket.TryTake(now);
        _rates[key] = bucket;
        return taken;
    }

    private void ForgetQuiet(TimeSpan now)
    {
        foreach (var (key, bucket) in _rates)
        {
            if (bucket.IsFull(now))
                _rates.Remove(key);
        }
    }

    private void Remove(Place place)
    {
        if (place.Node is not { } node)
            return;
        place.Node = null;
        _places.Remove(node);
    }

    /// <summary>The right to upgrade one link, until its deadline.</summary>
    internal sealed class Place(InboundAdmission admission, AddressKey? key, CancellationTokenSource deadline) : IDisposable
    {
        public AddressKey? Key { get; set; } = key;

        public LinkedListNode<Place>? Node { get; set; }

        /// <summary>Cancelled at the deadline, or when another needs the place.</summary>
        public CancellationToken Token => deadline.Token;

        /// <summary>True where another took the place.</summary>
        public bool WasEvicted { get; private set; }

        public void Evict()
        {
            WasEvicted = true;
            deadline.Cancel();
        }

        public void Dispose()
        {
            lock (admission._gate)
                admission.Remove(this);
            // Not disposed while an eviction may still cancel it: the timer goes with a cancelled or dead source.
            deadline.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }
}
