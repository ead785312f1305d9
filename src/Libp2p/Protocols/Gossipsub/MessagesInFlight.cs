using System.Diagnostics.CodeAnalysis;

namespace Libp2p.Protocols.Gossipsub;

/// <summary>
/// The messages whose signatures are being checked. Only the same bytes share a check: an id is anybody's claim until then, so a
/// forged copy must not stand in the way of the true one.
/// </summary>
internal sealed class MessagesInFlight
{
    /// <summary>The most peers that are remembered as having sent the same.</summary>
    private const int MaxSenders = 128;

    private readonly Dictionary<PubsubMessageId, Entry> _entries = [];

    public int Count => _entries.Count;

    /// <summary>Notes that a peer sent the very message that is being checked; false where there is none.</summary>
    public bool TryJoin(PubsubMessageId id, ReadOnlySpan<byte> body, PeerId peer)
    {
        if (!_entries.TryGetValue(id, out var entry) || !entry.Message.Part.Span.EndsWith(body)
            || entry.Message.Part.Length != ProtobufWriter.FieldLength(body.Length))
            return false;
        if (entry.Senders.Count < MaxSenders)
            entry.Senders.Add(peer);
        return true;
    }

    /// <summary>A check begins.</summary>
    public void Add(GossipMessage message) => _entries.TryAdd(message.Id, new Entry(message));

    /// <summary>A check is over.</summary>
    /// <param name="message">The message.</param>
    /// <param name="senders">Who else sent the same meanwhile; null where nobody was waited for.</param>
    public bool TryTake(GossipMessage message, [NotNullWhen(true)] out List<PeerId>? senders)
    {
        var isKnown = _entries.TryGetValue(message.Id, out var entry) && ReferenceEquals(entry.Message, message);
        senders = isKnown ? entry!.Senders : null;
        if (isKnown)
            _entries.Remove(message.Id);
        return isKnown;
    }

    private sealed class Entry(GossipMessage message)
    {
        public GossipMessage Message { get; } = message;

        public List<PeerId> Senders { get; } = [];
    }
}
