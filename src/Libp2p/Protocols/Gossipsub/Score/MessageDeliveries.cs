using System.Runtime.CompilerServices;

namespace Libp2p.Protocols.Gossipsub.Score;

/// <summary>What is known of a message.</summary>
internal enum DeliveryStatus : byte
{
    /// <summary>Not yet whether it is any good.</summary>
    Pending,

    Valid,

    Invalid,

    /// <summary>Nobody can say, or nobody is to be judged by it.</summary>
    Ignored,
}

/// <summary>Who delivered a message, and what became of it.</summary>
internal struct Delivery
{
    public DeliveryStatus Status;

    public TimeSpan ValidatedAt;

    /// <summary>When it is forgotten.</summary>
    public TimeSpan ExpiresAt;

    /// <summary>Those who delivered it, each once, while that matters.</summary>
    public List<PeerId>? Peers;
}

/// <summary>The messages of the last while. Bounded in number and in age.</summary>
internal sealed class MessageDeliveries(PeerScoreOptions options)
{
    /// <summary>The most peers that are noted for one message.</summary>
    public const int MaxPeers = 128;

    private readonly RecentIds<Delivery> _deliveries = new();

    /// <summary>How many messages are remembered.</summary>
    public int Count => _deliveries.Count;

    /// <summary>Finds a message; whether it is a new one. The reference holds until the next call.</summary>
    public ref Delivery GetOrAdd(PubsubMessageId id, TimeSpan now, out bool isNew)
    {
        ref var known = ref Find(id);
        isNew = IsNone(ref known);
        if (!isNew)
            return ref known;
        if (_deliveries.Count >= options.MaxDeliveries)
            _deliveries.RemoveOldest();
        ref var added = ref _deliveries.Add(id);
        added.ExpiresAt = now + options.DeliveryLifetime;
        return ref added;
    }

    /// <summary>Finds a message; <see cref="IsNone"/> where it is not remembered. The reference holds until the next call.</summary>
    public ref Delivery Find(PubsubMessageId id) => ref _deliveries.Find(id);

    /// <summary>Whether a reference leads nowhere.</summary>
    public static bool IsNone(ref Delivery delivery) => Unsafe.IsNullRef(ref delivery);

    /// <summary>Notes who delivered a message; false where that was noted before, or no more is.</summary>
    public static bool Note(ref Delivery delivery, PeerId peer)
    {
        delivery.Peers ??= [];
        if (delivery.Peers.Count >= MaxPeers || delivery.Peers.Contains(peer))
            return false;
        delivery.Peers.Add(peer);
        return true;
    }

    /// <summary>Forgets what is too old.</summary>
    public void Expire(TimeSpan now)
    {
        while (_deliveries.Count > 0 && _deliveries.Oldest.ExpiresAt <= now)
            _deliveries.RemoveOldest();
    }
}
