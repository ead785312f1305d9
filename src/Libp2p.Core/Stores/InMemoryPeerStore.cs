using System.Collections.Concurrent;

namespace Libp2p;

/// <summary>
/// Remembers peers as long as the process lives. Reading takes no lock; a change takes one for as long as it needs. Bounded in
/// peers, in addresses and in bytes: the peer that was heard of longest ago makes room.
/// </summary>
public sealed class InMemoryPeerStore : IPeerStore
{
    private const int MaxMetadataName = 64;

    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);

    private readonly PeerStoreOptions _options;
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<PeerId, PeerEntry> _peers = new();
    private readonly LinkedList<PeerEntry> _byAge = new();
    private TimeSpan _sweptAt;
    private long _stamp;
    private long _bytes;

    /// <summary>Creates an empty one.</summary>
    /// <param name="options">Its bounds.</param>
    /// <param name="timeProvider">The clock by which addresses expire.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option makes no sense.</exception>
    public InMemoryPeerStore(PeerStoreOptions? options = null, TimeProvider? timeProvider = null)
    {
        _options = options ?? new PeerStoreOptions();
        _options.Validate();
        _time = timeProvider ?? TimeProvider.System;
        _start = _time.GetTimestamp();
    }

    /// <summary>Told of each peer of whom something has changed, or who was forgotten; under the store's lock.</summary>
    internal Action<PeerId>? Changed { get; set; }

    /// <summary>Every peer, living or not.</summary>
    internal IEnumerable<PeerId> Peers => _peers.Keys;

    /// <summary>What all peers together are estimated to take, in bytes.</summary>
    public long EstimatedBytes => Volatile.Read(ref _bytes);

    /// <inheritdoc/>
    public ValueTask<PeerInfo?> GetAsync(PeerId peer, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(peer);
        if (!_peers.TryGetValue(peer, out var entry))
            return default;
        var snapshot = entry.Snapshot;
        return new ValueTask<PeerInfo?>(Now < snapshot.ValidUntil ? snapshot.Info : GetRefreshed(peer));
    }

    /// <inheritdoc/>
    public ValueTask AddAddressesAsync(PeerId peer, IReadOnlyList<Multiaddress> addresses, AddressTrust trust, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(peer);
        ArgumentNullException.ThrowIfNull(addresses);
        if (addresses.Count > 0)
            Change(peer, entry => entry.Add(addresses, trust, ++_stamp, Now));
        return default;
    }

    /// <inheritdoc/>
    public ValueTask UpdateAsync(
        PeerId peer, IReadOnlyList<ProtocolId>? protocols, string? agentVersion, string? protocolVersion, PublicKey? publicKey, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(peer);
        Change(peer, entry => entry.Update(protocols, agentVersion, protocolVersion, publicKey, Now));
        return default;
    }

    /// <inheritdoc/>
    public ValueTask<bool> ConsumeRecordAsync(PeerRecord record, ReadOnlyMemory<byte> envelope, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(record);
        var isNews = false;
        Change(record.PeerId, entry => isNews = entry.Consume(record, envelope, ++_stamp, Now));
        return new ValueTask<bool>(isNews);
    }

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>?> GetMetadataAsync(PeerId peer, string name, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(peer);
        ArgumentNullException.ThrowIfNull(name);
        lock (_gate)
            return new(_peers.TryGetValue(peer, out var entry) && entry.IsAlive(Now) ? entry.GetMetadata(name) : null);
    }

    /// <inheritdoc/>
    public ValueTask SetMetadataAsync(PeerId peer, string name, ReadOnlyMemory<byte>? value, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(peer);
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.Length > MaxMetadataName)
            throw new ArgumentException($"A name has at most {MaxMetadataName} characters.", nameof(name));
        if (value?.Length > _options.MaxMetadataBytes)
            throw new ArgumentException($"A value has at most {_options.MaxMetadataBytes} bytes.", nameof(value));
        var fits = true;
        if (value is not null || _peers.ContainsKey(peer))
            Change(peer, entry => fits = entry.SetMetadata(name, value, Now));
        return fits ? default : throw new Libp2pException(Libp2pError.LimitReached, $"Of {peer} something is remembered under {_options.MaxMetadata} names already, the most there may be.");
    }

    /// <inheritdoc/>
    public ValueTask SetConnectedAsync(PeerId peer, bool isConnected, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(peer);
        if (isConnected || _peers.ContainsKey(peer))
            Change(peer, entry => entry.SetConnected(isConnected, Now));
        return default;
    }

    /// <inheritdoc/>
    public ValueTask RemoveAsync(PeerId peer, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(peer);
        lock (_gate)
        {
            if (_peers.TryGetValue(peer, out var entry))
                Remove(entry);
        }
        return default;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<PeerId>> ListAsync(CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            Sweep(Now);
            return new ValueTask<IReadOnlyList<PeerId>>([.. _byAge.Select(e => e.Peer)]);
        }
    }

    /// <summary>Takes what was stored; what has expired since, and what is beyond the bounds, counts as forgotten.</summary>
    internal void Load(IEnumerable<StoredPeer> peers)
    {
        lock (_gate)
        {
            var utcNow = _time.GetUtcNow();
            foreach (var stored in peers)
            {
                var entry = PeerEntry.Load(stored, _options, Now, utcNow);
                _stamp = Math.Max(_stamp, stored.Addresses.Select(a => a.Stamp).DefaultIfEmpty().Max());
                _peers[entry.Peer] = entry;
                _bytes += entry.Size;
                _byAge.AddLast(entry.Position);
                if (stored.IsConnected)
                    Changed?.Invoke(entry.Peer);
            }
            Sweep(Now);
            MakeRoom();
        }
    }

    /// <summary>What to store of a peer; null where it is forgotten.</summary>
    internal StoredPeer? Save(PeerId peer)
    {
        lock (_gate)
            return _peers.TryGetValue(peer, out var entry) ? entry.Save(Now, _time.GetUtcNow()) : null;
    }

    private TimeSpan Now => _time.GetElapsedTime(_start);

    private void Change(PeerId peer, Action<PeerEntry> change)
    {
        lock (_gate)
        {
            if (!_peers.TryGetValue(peer, out var entry))
            {
                entry = new PeerEntry(peer, _options);
                _peers[peer] = entry;
                _bytes += entry.Size;
            }
            else
            {
                _byAge.Remove(entry.Position);
            }
            _byAge.AddLast(entry.Position);
            var before = entry.Size;
            change(entry);
            _bytes += entry.Size - before;
            Changed?.Invoke(peer);
            if (Now - _sweptAt >= SweepInterval)
                Sweep(Now);
            MakeRoom();
        }
    }

    private PeerInfo? GetRefreshed(PeerId peer)
    {
        lock (_gate)
        {
            if (!_peers.TryGetValue(peer, out var entry))
                return null;
            var now = Now;
            if (!entry.IsAlive(now))
            {
                Remove(entry);
                return null;
            }
            var before = entry.Size;
            entry.Refresh(now);
            _bytes += entry.Size - before;
            return entry.Snapshot.Info;
        }
    }

    private void Sweep(TimeSpan now)
    {
        _sweptAt = now;
        for (var node = _byAge.First; node is not null;)
        {
            var entry = node.Value;
            node = node.Next;
            if (!entry.IsAlive(now))
                Remove(entry);
        }
    }

    private void MakeRoom()
    {
        while ((_peers.Count > _options.MaxPeers || _bytes > _options.MaxBytes) && Oldest() is { } oldest)
            Remove(oldest);
    }

    /// <summary>Whoever goes next: those that the user gave stay longest, and the connected, of whom there are few, always.</summary>
    private PeerEntry? Oldest() =>
        _byAge.FirstOrDefault(e => e is { IsConnected: false, IsPermanent: false }) ?? _byAge.FirstOrDefault(e => !e.IsConnected);

    private void Remove(PeerEntry entry)
    {
        _peers.TryRemove(entry.Peer, out _);
        _byAge.Remove(entry.Position);
        _bytes -= entry.Size;
        Changed?.Invoke(entry.Peer);
    }
}
