using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Libp2p.Protocols.Gossipsub;

/// <summary>
/// Message ids in the order in which they came, and what is known of each. Ids are held by value: tables of them are the largest thing that
/// gossip keeps, and what is no object the collector neither moves nor follows. Only the oldest can be taken out.
/// </summary>
internal sealed class RecentIds<TValue>
    where TValue : struct
{
    /// <summary>Bytes of an id that are held in place: all usual forms but text. Longer ones are arrays of their own.</summary>
    private const int InlineLength = 48;

    private const int SmallestCapacity = 16;

    // A ring. An entry's place is found by open addressing: of the slots at most half are taken.
    private Entry[] _entries = [];
    private Slot[] _slots = [];
    private int _first;

    public int Count { get; private set; }

    /// <summary>What is known of the oldest id; there must be one. The reference holds until something is added or removed.</summary>
    public ref TValue Oldest => ref _entries[_first].Value;

    public bool Contains(PubsubMessageId id) => IndexOf(id) >= 0;

    /// <summary>What is known of an id; <see cref="Unsafe.IsNullRef"/> where it is not here. The reference holds until something is added or removed.</summary>
    public ref TValue Find(PubsubMessageId id)
    {
        var index = IndexOf(id);
        return ref index >= 0 ? ref _entries[index].Value : ref Unsafe.NullRef<TValue>();
    }

    /// <summary>Adds an id as the newest one; it must not be here.</summary>
    /// <returns>What is known of it, to be filled in. The reference holds until something is added or removed.</returns>
    public ref TValue Add(PubsubMessageId id)
    {
        if (Count == _entries.Length)
            Resize(Math.Max(SmallestCapacity, Count * 2));
        var index = (_first + Count++) & (_entries.Length - 1);
        ref var entry = ref _entries[index];
        entry.Set(id);
        Link(entry.Hash, index);
        return ref entry.Value;
    }

    /// <summary>Takes out the oldest id; there must be one.</summary>
    public void RemoveOldest()
    {
        ref var entry = ref _entries[_first];
        Unlink(entry.Hash, _first);
        entry = default;
        _first = (_first + 1) & (_entries.Length - 1);
        Count--;
        // What was there for a busy hour is given back after it.
        if (_entries.Length > SmallestCapacity && Count <= _entries.Length / 8)
            Resize(_entries.Length / 2);
    }

    /// <summary>The so manieth id, counted from the oldest.</summary>
    public PubsubMessageId IdAt(int age) => this[age].Id;

    /// <summary>What is known of the so manieth id, counted from the oldest.</summary>
    public ref TValue ValueAt(int age) => ref this[age].Value;

    private ref Entry this[int age] => ref _entries[(_first + age) & (_entries.Length - 1)];

    private int IndexOf(PubsubMessageId id)
    {
        if (Count == 0)
            return -1;
        var slots = _slots;
        var hash = id.GetHashCode();
        for (var at = hash & (slots.Length - 1); slots[at].Place > 0; at = (at + 1) & (slots.Length - 1))
        {
            if (slots[at].Hash == hash && _entries[slots[at].Place - 1].Is(id.Span))
                return slots[at].Place - 1;
        }
        return -1;
    }

    private void Link(int hash, int index)
    {
        var at = hash & (_slots.Length - 1);
        while (_slots[at].Place > 0)
            at = (at + 1) & (_slots.Length - 1);
        _slots[at] = new Slot { Hash = hash, Place = index + 1 };
    }

    private void Unlink(int hash, int index)
    {
        var mask = _slots.Length - 1;
        var hole = hash & mask;
        while (_slots[hole].Place != index + 1)
            hole = (hole + 1) & mask;
        // Those behind it move up, as far as that brings none before its own place.
        for (var at = (hole + 1) & mask; _slots[at].Place > 0; at = (at + 1) & mask)
        {
            if (((at - _slots[at].Hash) & mask) < ((at - hole) & mask))
                continue;
            _slots[hole] = _slots[at];
            hole = at;
        }
        _slots[hole] = default;
    }

    private void Resize(int capacity)
    {
        var entries = new Entry[capacity];
        for (var age = 0; age < Count; age++)
            entries[age] = this[age];
        (_entries, _first, _slots) = (entries, 0, new Slot[capacity * 2]);
        for (var index = 0; index < Count; index++)
            Link(entries[index].Hash, index);
    }

    /// <summary>Where an id's entry is: counted from one, 0 for nowhere.</summary>
    private struct Slot
    {
        public int Hash;
        public int Place;
    }

    [InlineArray(InlineLength)]
    private struct InlineId
    {
        [SuppressMessage("CodeQuality", "IDE0051", Justification = "The array's first element.")]
        private byte _first;
    }

    private struct Entry
    {
        private InlineId _bytes;
        private byte[]? _long;
        private int _length;

        public int Hash { get; private set; }

        public TValue Value;

        public readonly PubsubMessageId Id => _long is null ? new PubsubMessageId(((ReadOnlySpan<byte>)_bytes)[.._length]) : new PubsubMessageId(_long);

        public void Set(PubsubMessageId id)
        {
            (_length, Hash) = (id.Span.Length, id.GetHashCode());
            if (_length <= InlineLength)
                id.Span.CopyTo(_bytes);
            else
                _long = id.Span.ToArray();
        }

        public readonly bool Is(ReadOnlySpan<byte> id) => id.Length == _length && id.SequenceEqual(_long is null ? ((ReadOnlySpan<byte>)_bytes)[.._length] : _long);
    }
}
