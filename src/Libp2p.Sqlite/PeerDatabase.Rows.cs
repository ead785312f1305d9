using System.Buffers;
using Microsoft.Data.Sqlite;

namespace Libp2p.Sqlite;

/// <summary>Peers as rows.</summary>
internal sealed partial class PeerDatabase
{
    private const int MaxProtocolName = 4096;

    /// <summary>Writes peers down, all or none: each takes the place of what was there; null where the peer is forgotten.</summary>
    /// <param name="peers">The peers.</param>
    /// <param name="replaceAll">What else is there is forgotten too.</param>
    public void Write(IEnumerable<(PeerId Peer, StoredPeer? State)> peers, bool replaceAll)
    {
        using var transaction = _connection.BeginTransaction();
        if (replaceAll)
            Execute("DELETE FROM peers");
        using var delete = Prepare("DELETE FROM peers WHERE id = $id", "$id");
        using var insert = Prepare(
            "INSERT INTO peers VALUES ($id, $touched, $connected, $agent, $version, $protocols, $key, $record, $sequence)",
            "$id", "$touched", "$connected", "$agent", "$version", "$protocols", "$key", "$record", "$sequence");
        using var address = Prepare("INSERT INTO addresses VALUES ($peer, $address, $trust, $stamp, $expires)", "$peer", "$address", "$trust", "$stamp", "$expires");
        using var metadata = Prepare("INSERT INTO metadata VALUES ($peer, $name, $value)", "$peer", "$name", "$value");
        foreach (var (peer, state) in peers)
        {
            var id = peer.Bytes.ToArray();
            Run(delete, id);
            if (state is null)
                continue;
            var facts = state.Facts;
            Run(
                insert, id, state.Touched.ToUnixTimeMilliseconds(), state.IsConnected ? 1L : 0L, facts.AgentVersion, facts.ProtocolVersion, Encode(facts.Protocols),
                facts.PublicKey?.Encoded.ToArray(), facts.SignedRecord?.ToArray(), state.RecordSequence is { } sequence ? unchecked((long)sequence) : null);
            foreach (var known in state.Addresses)
                Run(address, id, known.Address.Bytes.ToArray(), (long)known.Trust, known.Stamp, known.Expires?.ToUnixTimeMilliseconds());
            foreach (var (name, value) in state.Metadata)
                Run(metadata, id, name, value.ToArray());
        }
        transaction.Commit();
    }

    /// <summary>Reads every peer. What cannot be read of one, since a version before wrote it otherwise, is left out.</summary>
    public IReadOnlyList<StoredPeer> Load()
    {
        var addresses = ReadAddresses();
        var metadata = ReadMetadata();
        var peers = new List<StoredPeer>();
        using var command = Command("SELECT id, touched, connected, agent, protocol_version, protocols, public_key, record, record_sequence FROM peers ORDER BY touched");
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            if (!PeerId.TryDecode(rows.GetFieldValue<byte[]>(0), out var peer))
                continue;
            peers.Add(new(
                new PeerInfo(peer)
                {
                    AgentVersion = rows.IsDBNull(3) ? null : rows.GetString(3),
                    ProtocolVersion = rows.IsDBNull(4) ? null : rows.GetString(4),
                    Protocols = rows.IsDBNull(5) ? [] : Decode(rows.GetFieldValue<byte[]>(5)),
                    PublicKey = !rows.IsDBNull(6) && PublicKey.TryDecode(rows.GetFieldValue<byte[]>(6), out var key, out _) && PeerId.FromPublicKey(key) == peer ? key : null,
                    SignedRecord = rows.IsDBNull(7) ? default(ReadOnlyMemory<byte>?) : rows.GetFieldValue<byte[]>(7),
                },
                Time(rows.GetInt64(1)),
                rows.GetInt64(2) != 0,
                rows.IsDBNull(8) ? null : unchecked((ulong)rows.GetInt64(8)),
                addresses.GetValueOrDefault(peer, []),
                metadata.GetValueOrDefault(peer, [])));
        }
        return peers;
    }

    private Dictionary<PeerId, List<StoredAddress>> ReadAddresses()
    {
        var found = new Dictionary<PeerId, List<StoredAddress>>();
        using var command = Command("SELECT peer, address, trust, stamp, expires FROM addresses");
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            if (!PeerId.TryDecode(rows.GetFieldValue<byte[]>(0), out var peer) || !Multiaddress.TryDecode(rows.GetFieldValue<byte[]>(1), out var address))
                continue;
            if (!found.TryGetValue(peer, out var list))
                found.Add(peer, list = []);
            list.Add(new(address, (AddressTrust)Math.Clamp(rows.GetInt64(2), 0, (long)AddressTrust.Permanent), rows.GetInt64(3), rows.IsDBNull(4) ? null : Time(rows.GetInt64(4))));
        }
        return found;
    }

    private Dictionary<PeerId, List<KeyValuePair<string, ReadOnlyMemory<byte>>>> ReadMetadata()
    {
        var found = new Dictionary<PeerId, List<KeyValuePair<string, ReadOnlyMemory<byte>>>>();
        using var command = Command("SELECT peer, name, value FROM metadata");
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            if (!PeerId.TryDecode(rows.GetFieldValue<byte[]>(0), out var peer))
                continue;
            if (!found.TryGetValue(peer, out var list))
                found.Add(peer, list = []);
            list.Add(new(rows.GetString(1), rows.GetFieldValue<byte[]>(2)));
        }
        return found;
    }

    private static DateTimeOffset Time(long milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(milliseconds, 0, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));

    private static byte[] Encode(IReadOnlyList<ProtocolId> protocols)
    {
        var output = new ArrayBufferWriter<byte>();
        foreach (var protocol in protocols)
            LengthPrefixed.Write(output, protocol.Utf8.Span);
        return output.WrittenSpan.ToArray();
    }

    private static List<ProtocolId> Decode(byte[] bytes)
    {
        var protocols = new List<ProtocolId>();
        var rest = new ReadOnlySequence<byte>(bytes);
        while (LengthPrefixed.TryRead(ref rest, MaxProtocolName, out var name) == LengthPrefixedResult.Ok)
        {
            if (ProtocolId.TryDecode(name.ToArray(), out var protocol))
                protocols.Add(protocol);
        }
        return protocols;
    }

    private SqliteCommand Prepare(string sql, params ReadOnlySpan<string> parameters)
    {
        var command = Command(sql);
        foreach (var parameter in parameters)
            command.Parameters.Add(new SqliteParameter { ParameterName = parameter });
        return command;
    }

    private static void Run(SqliteCommand command, params ReadOnlySpan<object?> values)
    {
        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        command.ExecuteNonQuery();
    }
}
