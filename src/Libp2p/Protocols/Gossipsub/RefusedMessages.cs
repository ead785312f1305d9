using System.Runtime.CompilerServices;

namespace Libp2p.Protocols.Gossipsub;

/// <summary>
/// Messages that validators refused and whose ids anybody could have formed. They are told by their bytes, so that none stands in the way of
/// another that has the same id. Bounded in age and in number: what is forgotten too early is judged once more.
/// </summary>
internal sealed class RefusedMessages(TimeSpan lifetime)
{
    /// <summary>The most that are remembered.</summary>
    public const int Capacity = 4096;

    private readonly RecentIds<Refusal> _refusals = new();

    public int Count => _refusals.Count;

    /// <summary>Remembers a message; of several that have one id, the last.</summary>
    /// <param name="message">The message.</param>
    /// <param name="isToBlame">Whether whoever sends it is to blame: it was rejected, not ignored.</param>
    /// <param name="now">The time.</param>
    public void Add(GossipMessage message, bool isToBlame, TimeSpan now)
    {
        if (!MessageCodec.TryGetBody(message.Part.Span, out var body))
            return;
        ref var refusal = ref _refusals.Find(message.Id);
        if (Unsafe.IsNullRef(ref refusal))
        {
            if (_refusals.Count >= Capacity)
                _refusals.RemoveOldest();
            refusal = ref _refusals.Add(message.Id);
            refusal.ExpiresAt = now + lifetime;
        }
        (refusal.Topic, refusal.IsToBlame) = (message.Topic, isToBlame);
        Sha256.Hash(body, refusal.Hash);
    }

    /// <summary>Whether the very same message was refused.</summary>
    public bool Contains(PubsubMessageId id, ReadOnlySpan<byte> body, out bool isToBlame)
    {
        isToBlame = false;
        ref var refusal = ref _refusals.Find(id);
        if (Unsafe.IsNullRef(ref refusal))
            return false;
        Span<byte> hash = stackalloc byte[Hash.Length];
        Sha256.Hash(body, hash);
        isToBlame = refusal.IsToBlame;
        return hash.SequenceEqual(refusal.Hash);
    }

    /// <summary>Whether a message of that id was refused in a topic.</summary>
    public bool Contains(PubsubMessageId id, string topic)
    {
        ref var refusal = ref _refusals.Find(id);
        return !Unsafe.IsNullRef(ref refusal) && refusal.Topic == topic;
    }

    /// <summary>Forgets what is too old.</summary>
    public void Expire(TimeSpan now)
    {
        while (_refusals.Count > 0 && _refusals.Oldest.ExpiresAt <= now)
            _refusals.RemoveOldest();
    }

    [InlineArray(Length)]
    private struct Hash
    {
        public const int Length = 32;

        private byte _first;
    }

    private struct Refusal
    {
        public Hash Hash;

        public string Topic;

        public TimeSpan ExpiresAt;

        public bool IsToBlame;
    }
}
