using System.Collections.Immutable;

namespace Libp2p.Swarm;

/// <summary>Which handler serves which protocol: an immutable table that is replaced whole, so that routing takes no lock.</summary>
internal sealed class ProtocolTable
{
    private ImmutableDictionary<ProtocolId, Entry> _entries = ImmutableDictionary<ProtocolId, Entry>.Empty;

    /// <summary>Told whenever the table has changed.</summary>
    public event Action? Changed;

    public IReadOnlyList<ProtocolId> Protocols => [.. _entries.Keys.OrderBy(p => p.ToString(), StringComparer.Ordinal)];

    public bool Serves(ProtocolId protocol) => _entries.ContainsKey(protocol);

    public bool TryGet(ProtocolId protocol, out Entry? entry) => _entries.TryGetValue(protocol, out entry);

    public IDisposable Add(ProtocolId protocol, StreamHandler handler, int? maxInboundStreamsPerPeer)
    {
        ArgumentNullException.ThrowIfNull(handler);
        if (protocol.IsEmpty)
            throw new ArgumentException("A protocol needs a name.", nameof(protocol));
        var entry = new Entry(handler, maxInboundStreamsPerPeer);
        if (!ImmutableInterlocked.TryAdd(ref _entries, protocol, entry))
            throw new InvalidOperationException($"{protocol} is served already.");
        Changed?.Invoke();
        return new Registration(this, protocol, entry);
    }

    private void Remove(ProtocolId protocol, Entry entry)
    {
        // Only this very entry: the protocol may be served anew by now.
        if (_entries.TryGetValue(protocol, out var current) && ReferenceEquals(current, entry) && ImmutableInterlocked.TryRemove(ref _entries, protocol, out _))
            Changed?.Invoke();
    }

    /// <summary>A handler and how many inbound streams one peer may have of it.</summary>
    internal sealed record Entry(StreamHandler Handler, int? MaxInboundStreamsPerPeer);

    private sealed class Registration(ProtocolTable table, ProtocolId protocol, Entry entry) : IDisposable
    {
        public void Dispose() => table.Remove(protocol, entry);
    }
}
