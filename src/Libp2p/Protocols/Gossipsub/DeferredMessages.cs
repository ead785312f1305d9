using System.Diagnostics.CodeAnalysis;

namespace Libp2p.Protocols.Gossipsub;

/// <summary>Large messages that are to go to peers of a mesh in a moment, unless these have them from others by then. Bounded in number and in bytes.</summary>
internal sealed class DeferredMessages(TimeSpan delay)
{
    /// <summary>The most that wait, one for each message and peer.</summary>
    public const int Capacity = 4096;

    /// <summary>The most bytes that wait, a message counted for each peer that it waits for.</summary>
    public const long MaxBytes = 16 * 1024 * 1024;

    private readonly Queue<Entry> _entries = [];
    private long _bytes;

    /// <summary>When the first is due; null where there is none.</summary>
    public TimeSpan? DueAt => _entries.TryPeek(out var first) ? first.DueAt : null;

    /// <summary>Lets a message wait; false where too many do.</summary>
    public bool TryAdd(GossipPeer peer, GossipMessage message, TimeSpan now)
    {
        if (_entries.Count >= Capacity || _bytes + message.Part.Length > MaxBytes)
            return false;
        _bytes += message.Part.Length;
        _entries.Enqueue(new Entry(peer, message, now + delay));
        return true;
    }

    /// <summary>Takes one that is due.</summary>
    public bool TryTake(TimeSpan now, [NotNullWhen(true)] out GossipPeer? peer, [NotNullWhen(true)] out GossipMessage? message)
    {
        (peer, message) = (null, null);
        if (!_entries.TryPeek(out var first) || first.DueAt > now)
            return false;
        (peer, message, _) = _entries.Dequeue();
        _bytes -= message.Part.Length;
        return true;
    }

    private readonly record struct Entry(GossipPeer Peer, GossipMessage Message, TimeSpan DueAt);
}
