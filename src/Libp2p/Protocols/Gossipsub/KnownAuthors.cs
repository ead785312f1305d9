using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Libp2p.Protocols.Gossipsub;

/// <summary>
/// The authors of messages, each once: a peer id keeps its key once it is taken out, which costs more than to look it up here. Bounded;
/// when it is full it begins anew, since what is here can be had again.
/// </summary>
internal sealed class KnownAuthors
{
    public const int Capacity = 4096;

    private readonly ConcurrentDictionary<byte[], PeerId> _authors = new(ByComparison.Instance);
    private readonly ConcurrentDictionary<byte[], PeerId>.AlternateLookup<ReadOnlySpan<byte>> _lookup;

    public KnownAuthors() => _lookup = _authors.GetAlternateLookup<ReadOnlySpan<byte>>();

    public bool TryGet(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out PeerId? author)
    {
        if (_lookup.TryGetValue(bytes, out author))
            return true;
        if (!PeerId.TryDecode(bytes, out author))
            return false;
        if (_authors.Count >= Capacity)
            _authors.Clear();
        author = _authors.GetOrAdd(author.Bytes.ToArray(), author);
        return true;
    }

    private sealed class ByComparison : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static readonly ByComparison Instance = new();

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = new HashCode();
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }
    }
}
