using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Libp2p;

/// <summary>What is worth keeping for the public keys that signed often, in bounded memory and without a lock.</summary>
/// <remarks>
/// A key is prepared after <see cref="Threshold"/> good signatures. Where the keys that it shares a set with are all in use, it
/// must have made a third more of late than one of them: who brings a million keys displaces none that is. A process-wide secret says
/// which keys share a set. Races lose a count at most.
/// </remarks>
internal sealed class FrequentKeys<T>
    where T : class
{
    /// <summary>How many good signatures make a key one that will make more.</summary>
    public const int Threshold = 3;

    /// <summary>Most keys at once.</summary>
    public const int Capacity = Sets * Ways;

    private const int Sets = 64;
    private const int CandidateSets = 512;
    private const int Ways = 4;
    private const int MaxCount = 255;

    private static readonly ulong[] Secrets = MemoryMarshal.Cast<byte, ulong>(RandomNumberGenerator.GetBytes(4 * sizeof(ulong))).ToArray();

    private readonly Entry?[] _entries = new Entry?[Sets * Ways];

    // 56 bits of a key's hash, above a count of good signatures.
    private readonly ulong[] _candidates = new ulong[CandidateSets * Ways];

    /// <summary>How many keys are prepared.</summary>
    public int Count => _entries.Count(entry => entry is not null);

    /// <summary>Finds what was kept for a key of 32 bytes; null where nothing was.</summary>
    public Entry? Find(ReadOnlySpan<byte> key)
    {
        foreach (ref var slot in EntriesBeside(Hash(key)))
        {
            if (Volatile.Read(ref slot) is { } entry && key.SequenceEqual(entry.Key))
                return entry;
        }
        return null;
    }

    /// <summary>Counts a good signature by a key that is not kept; true where it is time to <see cref="Add"/> it.</summary>
    public bool IsWorthIt(ReadOnlySpan<byte> key)
    {
        var hash = Hash(key);
        var count = CountCandidate(hash);
        if (count < Threshold)
            return false;
        var entries = EntriesBeside(hash);
        if (count == MaxCount)
            Age(hash, entries);

        // A third more than the least, so that keys which sign alike do not take turns.
        return Least(entries) is not { } least || least.Uses < count * 3 / 4;
    }

    /// <summary>Keeps something for a key, in the place of what its set used least.</summary>
    public void Add(ReadOnlySpan<byte> key, T value)
    {
        var hash = Hash(key);
        var entries = EntriesBeside(hash);
        foreach (ref var slot in entries)
        {
            if (Volatile.Read(ref slot) is { } other && key.SequenceEqual(other.Key))
                return;
        }
        var least = Least(entries);
        foreach (ref var slot in entries)
        {
            if (slot == least)
            {
                Volatile.Write(ref slot, new Entry(key.ToArray(), value, TakeCandidate(hash)));
                return;
            }
        }
    }

    private int CountCandidate(ulong hash)
    {
        ref var least = ref FindCandidate(hash, out var isSame);
        var seen = least;
        if (isSame)
        {
            least = (seen & MaxCount) < MaxCount ? seen + 1 : seen;
            return (int)(least & MaxCount);
        }

        // A candidate that is on its way gives way when it was overtaken as often as it came.
        least = (seen & MaxCount) > 1 ? seen - 1 : (hash & ~(ulong)MaxCount) | 1;
        return 1;
    }

    /// <summary>What counts is what was signed of late: where a candidate can count no further, it and those before it lose half.</summary>
    private void Age(ulong hash, ReadOnlySpan<Entry?> entries)
    {
        ref var candidate = ref FindCandidate(hash, out var isSame);
        if (isSame)
            candidate = (hash & ~(ulong)MaxCount) | (MaxCount / 2);
        foreach (var entry in entries)
            entry?.Age();
    }

    /// <summary>What a candidate has earned. If it is displaced later, it has to earn it again.</summary>
    private int TakeCandidate(ulong hash)
    {
        ref var candidate = ref FindCandidate(hash, out var isSame);
        if (!isSame)
            return Threshold;
        var earned = (int)(candidate & MaxCount);
        candidate = 0;
        return Math.Max(Threshold, earned);
    }

    /// <summary>The candidate itself, or that of its set which came least often.</summary>
    private ref ulong FindCandidate(ulong hash, out bool isSame)
    {
        var candidates = _candidates.AsSpan((int)((hash >> 32) % CandidateSets) * Ways, Ways);
        ref var least = ref candidates[0];
        foreach (ref var candidate in candidates)
        {
            isSame = (candidate & ~(ulong)MaxCount) == (hash & ~(ulong)MaxCount);
            if (isSame)
                return ref candidate;
            if ((candidate & MaxCount) < (least & MaxCount))
                least = ref candidate;
        }
        isSame = false;
        return ref least;
    }

    private Span<Entry?> EntriesBeside(ulong hash) => _entries.AsSpan((int)((hash >> 8) % Sets) * Ways, Ways);

    /// <summary>The entry of least use; null where there is room.</summary>
    private static Entry? Least(ReadOnlySpan<Entry?> entries)
    {
        Entry? least = null;
        foreach (var entry in entries)
        {
            if (entry is null)
                return null;
            if (least is null || entry.Uses < least.Uses)
                least = entry;
        }
        return least;
    }

    private static ulong Hash(ReadOnlySpan<byte> key)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(key);
        var high = Math.BigMul(words[0] ^ Secrets[0], words[1] ^ Secrets[1], out var low);
        var first = high ^ low;
        high = Math.BigMul(words[2] ^ Secrets[2], words[3] ^ Secrets[3], out low);
        high = Math.BigMul(first ^ Secrets[3], BitOperations.RotateLeft(high ^ low, 32) ^ Secrets[0], out low);
        return high ^ low;
    }

    /// <summary>A key that is kept.</summary>
    internal sealed class Entry(byte[] key, T value, int uses)
    {
        private int _uses = uses;

        /// <summary>The key.</summary>
        public ReadOnlySpan<byte> Key => key;

        /// <summary>What is kept for it.</summary>
        public T Value { get; } = value;

        /// <summary>How many good signatures it made of late.</summary>
        public int Uses => _uses;

        /// <summary>Counts a good signature.</summary>
        public void CountUse()
        {
            // At its most, the count is not written, so that readers do not contend for it.
            if (_uses < MaxCount)
                _uses++;
        }

        /// <summary>Forgets half.</summary>
        public void Age() => _uses /= 2;
    }
}
