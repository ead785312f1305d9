namespace Libp2p;

/// <summary>Into a form that outlives the process, and back. Times within it are the store's own, which begin with it.</summary>
internal sealed partial class PeerEntry
{
    /// <summary>Makes it of what was stored.</summary>
    /// <param name="stored">What was stored.</param>
    /// <param name="options">The bounds.</param>
    /// <param name="now">The store's time.</param>
    /// <param name="utcNow">The same by the calendar. Nothing lives longer than if it had come just now, whatever the calendar said before.</param>
    public static PeerEntry Load(StoredPeer stored, PeerStoreOptions options, TimeSpan now, DateTimeOffset utcNow)
    {
        var longest = options.HearsayLifetime > options.RecentLifetime ? options.HearsayLifetime : options.RecentLifetime;
        var entry = new PeerEntry(stored.Facts.Peer, options)
        {
            _facts = stored.Facts,
            _recordSequence = stored.RecordSequence,
            _touchedAt = stored.Touched < utcNow ? now - (utcNow - stored.Touched) : now,
        };
        foreach (var (address, trust, stamp, expires) in stored.Addresses)
        {
            var left = expires is { } at ? at - utcNow : longest;
            entry._addresses.Add(new(address, trust, stamp, trust == AddressTrust.Permanent ? TimeSpan.MaxValue : now + (left < longest ? left : longest)));
        }
        if (stored.Metadata.Count > 0)
            entry._metadata = new(stored.Metadata.Take(options.MaxMetadata), StringComparer.Ordinal);

        // Whoever was connected has gone with the process, and nobody noted when.
        entry.IsConnected = stored.IsConnected;
        if (stored.IsConnected)
            entry.SetConnected(false, now);
        else
            entry.Refresh(now);
        return entry;
    }

    /// <summary>What to store.</summary>
    public StoredPeer Save(TimeSpan now, DateTimeOffset utcNow)
    {
        return new(
            _facts, Calendar(_touchedAt)!.Value, IsConnected, _recordSequence,
            [.. _addresses.Select(a => new StoredAddress(a.Address, a.Trust, a.Stamp, Calendar(a.ExpiresAt)))],
            [.. _metadata ?? []]);

        DateTimeOffset? Calendar(TimeSpan time) => time == TimeSpan.MaxValue ? null : utcNow + (time - now);
    }
}
