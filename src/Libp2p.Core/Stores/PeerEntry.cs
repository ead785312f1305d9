namespace Libp2p;

/// <summary>What is known of one peer. Changed under the store's lock alone; <see cref="Snapshot"/> is read by anyone.</summary>
internal sealed partial class PeerEntry
{
    private const int FixedSize = 512;
    private const int SizePerAddress = 200;
    private const int SizePerProtocol = 80;

    /// <summary>Beyond so many comparisons an index pays.</summary>
    private const int IndexFrom = 256;

    private readonly PeerStoreOptions _options;
    private List<KnownAddress> _addresses = [];
    private Dictionary<string, ReadOnlyMemory<byte>>? _metadata;
    private ulong? _recordSequence;
    private TimeSpan _touchedAt;
    private PeerInfo _facts;
    private PeerSnapshot _snapshot;

    public PeerEntry(PeerId peer, PeerStoreOptions options)
    {
        _options = options;
        _facts = new PeerInfo(peer);
        _snapshot = new PeerSnapshot(_facts, TimeSpan.MinValue);
        Position = new LinkedListNode<PeerEntry>(this);
    }

    public PeerId Peer => _facts.Peer;

    /// <summary>Its place in the order in which peers were heard of.</summary>
    public LinkedListNode<PeerEntry> Position { get; }

    public bool IsConnected { get; private set; }

    /// <summary>Whether the user gave an address of it.</summary>
    public bool IsPermanent { get; private set; }

    /// <summary>The estimate that is charged to the store.</summary>
    public long Size { get; private set; } = FixedSize;

    public PeerSnapshot Snapshot => Volatile.Read(ref _snapshot);

    public bool IsAlive(TimeSpan now) =>
        IsConnected || IsPermanent || now < _touchedAt + _options.HearsayLifetime || _addresses.Exists(a => now < a.ExpiresAt);

    public void Add(IReadOnlyList<Multiaddress> addresses, AddressTrust trust, long stamp, TimeSpan now)
    {
        var expiresAt = trust switch
        {
            AddressTrust.Permanent => TimeSpan.MaxValue,
            AddressTrust.Recent => now + _options.RecentLifetime,
            _ => now + _options.HearsayLifetime,
        };
        var index = (long)_addresses.Count * addresses.Count > IndexFrom ? IndexOfAddresses() : null;
        var taken = 0;
        foreach (var address in addresses)
        {
            if (Normalize(address) is not { } bare)
                continue;
            var at = index is null ? _addresses.FindIndex(a => a.Address == bare) : index.GetValueOrDefault(bare, -1);
            if (at >= 0)
            {
                var known = _addresses[at];
                _addresses[at] = new KnownAddress(known.Address, Higher(known.Trust, trust), stamp, known.ExpiresAt > expiresAt ? known.ExpiresAt : expiresAt);
            }
            else
            {
                index?.Add(bare, _addresses.Count);
                _addresses.Add(new KnownAddress(bare, trust, stamp, expiresAt));
            }
            // What is beyond the bound would be cut again: whoever sends more is not listened to.
            if (++taken == _options.MaxAddressesConnected)
                break;
        }
        Touch(now);
    }

    public void Update(IReadOnlyList<ProtocolId>? protocols, string? agentVersion, string? protocolVersion, PublicKey? publicKey, TimeSpan now)
    {
        _facts = _facts with
        {
            Protocols = protocols is null ? _facts.Protocols : [.. protocols],
            AgentVersion = agentVersion ?? _facts.AgentVersion,
            ProtocolVersion = protocolVersion ?? _facts.ProtocolVersion,
            PublicKey = publicKey ?? _facts.PublicKey,
        };
        Touch(now);
    }

    /// <summary>Takes a record unless one that is as new is there.</summary>
    public bool Consume(PeerRecord record, ReadOnlyMemory<byte> envelope, long stamp, TimeSpan now)
    {
        if (_recordSequence >= record.Sequence)
            return false;
        _recordSequence = record.Sequence;
        _facts = _facts with { SignedRecord = envelope.ToArray() };
        Add(record.Addresses, AddressTrust.Hearsay, stamp, now);
        return true;
    }

    /// <summary>What is remembered under a name.</summary>
    public ReadOnlyMemory<byte>? GetMetadata(string name) => _metadata is not null && _metadata.TryGetValue(name, out var value) ? value : default(ReadOnlyMemory<byte>?);

    /// <summary>Remembers a value, or forgets it; false where no further name fits.</summary>
    public bool SetMetadata(string name, ReadOnlyMemory<byte>? value, TimeSpan now)
    {
        if (value is not { } kept)
        {
            _metadata?.Remove(name);
        }
        else
        {
            _metadata ??= new(StringComparer.Ordinal);
            if (_metadata.Count >= _options.MaxMetadata && !_metadata.ContainsKey(name))
                return false;
            _metadata[name] = kept.ToArray();
        }
        Touch(now);
        return true;
    }

    public void SetConnected(bool isConnected, TimeSpan now)
    {
        if (IsConnected && !isConnected)
        {
            // Whatever was known of it while it was here is good for a while after.
            var atLeast = now + _options.RecentLifetime;
            for (var i = 0; i < _addresses.Count; i++)
            {
                var known = _addresses[i];
                _addresses[i] = known with { ExpiresAt = known.Trust == AddressTrust.Recent || known.ExpiresAt < atLeast ? atLeast : known.ExpiresAt };
            }
        }
        IsConnected = isConnected;
        Touch(now);
    }

    /// <summary>Makes the snapshot anew, without what has expired.</summary>
    public void Refresh(TimeSpan now)
    {
        if (!IsConnected)
            _addresses.RemoveAll(a => now >= a.ExpiresAt);
        var bound = IsConnected ? _options.MaxAddressesConnected : _options.MaxAddresses;
        if (_addresses.Count > bound)
            _addresses = [.. _addresses.OrderByDescending(a => a.Trust).ThenByDescending(a => a.Stamp).Take(bound)];
        IsPermanent = _addresses.Exists(a => a.Trust == AddressTrust.Permanent);
        Multiaddress[] inOrder = [.. _addresses.OrderByDescending(a => a.UseRank).ThenByDescending(a => a.Stamp).Select(a => a.Address)];
        var validUntil = IsConnected ? TimeSpan.MaxValue : _addresses.Count > 0 ? _addresses.Min(a => a.ExpiresAt) : _touchedAt + _options.HearsayLifetime;
        Size = Measure();
        Volatile.Write(ref _snapshot, new PeerSnapshot(_facts with { Addresses = inOrder }, validUntil));
    }

    private void Touch(TimeSpan now)
    {
        _touchedAt = now;
        Refresh(now);
    }

    private Multiaddress? Normalize(Multiaddress address) =>
        address.PeerId is { } named && named != Peer ? null : address.WithoutPeerId();

    private Dictionary<Multiaddress, int> IndexOfAddresses()
    {
        var index = new Dictionary<Multiaddress, int>(_addresses.Count);
        for (var i = 0; i < _addresses.Count; i++)
            index.Add(_addresses[i].Address, i);
        return index;
    }

    private long Measure()
    {
        long size = FixedSize + (_facts.SignedRecord?.Length ?? 0) + (_facts.PublicKey?.Encoded.Length ?? 0);
        size += sizeof(char) * (long)((_facts.AgentVersion?.Length ?? 0) + (_facts.ProtocolVersion?.Length ?? 0));
        foreach (var (name, value) in _metadata ?? [])
            size += SizePerProtocol + (sizeof(char) * name.Length) + value.Length;
        foreach (var known in _addresses)
            size += SizePerAddress + known.Address.Bytes.Length;
        foreach (var protocol in _facts.Protocols)
            size += SizePerProtocol + (3L * protocol.Utf8.Length);
        return size;
    }

    private static AddressTrust Higher(AddressTrust left, AddressTrust right) => left > right ? left : right;
}

/// <summary>What is known of a peer, and until when that holds if nothing happens.</summary>
internal sealed record PeerSnapshot(PeerInfo Info, TimeSpan ValidUntil);
