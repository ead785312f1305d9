using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Libp2p.Protocols.Gossipsub;

/// <summary>
/// The messages whose signatures are being checked, and those being judged whose ids prove nothing. Only the same bytes share their fate: an
/// id is anybody's claim until then, so a forged copy must not stand in the way of the true one.
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
        ref var entry = ref CollectionsMarshal.GetValueRefOrNullRef(_entries, id);
        if (Unsafe.IsNullRef(ref entry) || !entry.Message.Part.Span.EndsWith(body) || entry.Message.Part.Length != ProtobufWriter.FieldLength(body.Length))
            return false;
        entry.Senders ??= [];
        if (entry.Senders.Count < MaxSenders)
            entry.Senders.Add(peer);
        return true;
    }

    /// <summary>Whether a message of that id and topic is here.</summary>
    public bool Contains(PubsubMessageId id, string topic) => _entries.TryGetValue(id, out var entry) && entry.Message.Topic == topic;

    /// <summary>A check begins, or a judgement. Of several that have one id, only the first is shared.</summary>
    public void Add(GossipMessage message) => _entries.TryAdd(message.Id, new Entry { Message = message });

    /// <summary>A check is over, or a judgement.</summary>
    /// <param name="message">The message.</param>
    /// <returns>Who else sent the same meanwhile.</returns>
    public ReadOnlySpan<PeerId> Take(GossipMessage message) =>
        _entries.TryGetValue(message.Id, out var entry) && ReferenceEquals(entry.Message, message) && _entries.Remove(message.Id)
            ? CollectionsMarshal.AsSpan(entry.Senders)
            : default;

    private struct Entry
    {
        public GossipMessage Message;

        public List<PeerId>? Senders;
    }
}
