using Libp2p.Testing;
using Microsoft.Data.Sqlite;

namespace Libp2p.Sqlite.Tests;

/// <summary>What outlives the process.</summary>
public sealed class PersistenceTests : IDisposable
{
    private static readonly Multiaddress One = Multiaddress.Parse("/ip4/8.8.4.4/tcp/1");
    private static readonly Multiaddress Two = Multiaddress.Parse("/ip4/8.8.4.4/tcp/2");

    private readonly ManualTimeProvider _time = new();
    private readonly StoreFolder _folder = new();
    private readonly Identity _peer = Identity.Generate();

    private PeerId Peer => _peer.PeerId;

    public void Dispose()
    {
        _peer.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task All_that_is_known_of_a_peer_is_known_after_a_restart()
    {
        var record = new PeerRecord(Peer, ulong.MaxValue - 1, [Two]);
        var envelope = record.Seal(_peer).Encode();
        await using (var store = Open())
        {
            await store.AddAddressesAsync(Peer, [One], AddressTrust.Permanent);
            await store.UpdateAsync(Peer, ["/a", "/b/é"], "agent", "", _peer.PublicKey);
            Assert.True(await store.ConsumeRecordAsync(record, envelope));
            await store.SetMetadataAsync(Peer, "tag", new byte[] { 1, 2 });
        }
        await using (var store = Open())
        {
            var info = (await store.GetAsync(Peer))!;
            Assert.Equal([One, Two], info.Addresses);
            Assert.Equal(["/a", "/b/é"], info.Protocols);
            Assert.Equal(("agent", "", _peer.PublicKey), (info.AgentVersion, info.ProtocolVersion, info.PublicKey!));
            Assert.Equal(envelope, info.SignedRecord!.Value.ToArray());
            Assert.Equal([1, 2], (await store.GetMetadataAsync(Peer, "tag"))!.Value.ToArray());

            // The number of the last record still counts, though it is beyond what SQLite can count to.
            Assert.False(await store.ConsumeRecordAsync(record, envelope));
            Assert.False(await store.ConsumeRecordAsync(new PeerRecord(Peer, 7, [One]), envelope));
            Assert.True(await store.ConsumeRecordAsync(new PeerRecord(Peer, ulong.MaxValue, [One]), envelope));
        }
    }

    [Fact]
    public async Task What_expires_while_nothing_runs_is_gone()
    {
        await using (var store = Open())
        {
            await store.AddAddressesAsync(Peer, [One], AddressTrust.Hearsay);
            await store.AddAddressesAsync(Id(2), [One], AddressTrust.Permanent);
            _time.Advance(TimeSpan.FromMinutes(30));
            await store.AddAddressesAsync(Peer, [Two], AddressTrust.Hearsay);
        }
        _time.Advance(TimeSpan.FromMinutes(30));
        await using (var store = Open())
        {
            var info = (await store.GetAsync(Peer))!;
            Assert.Equal([Two], info.Addresses);
            Assert.True(info is { SignedRecord: null, PublicKey: null, AgentVersion: null, ProtocolVersion: null, Protocols: [] });
        }
        _time.Advance(TimeSpan.FromMinutes(30));
        await using (var store = Open())
        {
            Assert.Null(await store.GetAsync(Peer));
            Assert.Equal([Id(2)], await store.ListAsync());
        }
        Assert.Equal(1, Rows());
    }

    [Fact]
    public async Task A_calendar_that_was_wrong_keeps_nothing_alive_for_ever()
    {
        var ahead = new ManualTimeProvider(_time.GetUtcNow() + TimeSpan.FromDays(3650));
        await using (var store = SqlitePeerStore.Open(_folder.File(), timeProvider: ahead))
            await store.AddAddressesAsync(Peer, [One], AddressTrust.Hearsay);
        await using (var store = Open())
        {
            Assert.NotNull(await store.GetAsync(Peer));
            _time.Advance(TimeSpan.FromHours(1));
            Assert.Null(await store.GetAsync(Peer));
        }
    }

    [Fact]
    public async Task A_peer_that_was_connected_when_the_process_was_killed_has_gone_when_it_opens()
    {
        await using var killed = Open();
        await killed.SetConnectedAsync(Peer, true);
        await killed.AddAddressesAsync(Peer, [One], AddressTrust.Recent);
        await killed.FlushAsync();
        var image = _folder.Image(_folder.File());

        _time.Advance(TimeSpan.FromDays(1));
        await using var store = SqlitePeerStore.Open(image, timeProvider: _time);
        Assert.Equal([One], (await store.GetAsync(Peer))!.Addresses);
        _time.Advance(TimeSpan.FromMinutes(15));
        Assert.Empty((await store.GetAsync(Peer))!.Addresses);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Null(await store.GetAsync(Peer));
    }

    [Fact]
    public async Task A_peer_that_was_forgotten_stays_so()
    {
        await using (var store = Open())
        {
            await store.AddAddressesAsync(Peer, [One], AddressTrust.Permanent);
            await store.SetMetadataAsync(Peer, "tag", new byte[] { 1 });
            await store.FlushAsync();
            await store.RemoveAsync(Peer);
        }
        await using (var store = Open())
            Assert.Empty(await store.ListAsync());
        Assert.Equal((0, 0, 0), (Rows(), Rows("addresses"), Rows("metadata")));
    }

    [Fact]
    public async Task What_changes_is_written_down_by_itself()
    {
        await using var store = Open();
        await store.AddAddressesAsync(Peer, [One], AddressTrust.Permanent);
        var patience = TimeProvider.System.GetTimestamp();
        for (var found = 0L; found == 0; found = Rows(path: _folder.Image(_folder.File())))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(patience) < TimeSpan.FromSeconds(30), "Nothing was written.");
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }

    [Fact]
    public async Task Many_peers_come_back_in_their_order()
    {
        const int Count = 2500;
        await using (var store = Open())
        {
            for (var i = 0; i < Count; i++)
            {
                await store.AddAddressesAsync(Id(i), [One], AddressTrust.Hearsay);
                _time.Advance(TimeSpan.FromMilliseconds(1));
            }
        }
        var bounds = new PeerStoreOptions { MaxPeers = 100 };
        await using (var store = Open(StoreFolder.Options(bounds)))
            Assert.Equal([.. Enumerable.Range(Count - 100, 100).Select(Id)], await store.ListAsync());
        Assert.Equal(100, Rows());
    }

    [Fact]
    public async Task When_more_has_changed_than_can_be_noted_all_is_written_anew()
    {
        await using (var store = Open(StoreFolder.Options(new PeerStoreOptions { MaxPeers = 10 })))
        {
            for (var i = 0; i < 30; i++)
            {
                await store.AddAddressesAsync(Id(i), [One], AddressTrust.Permanent);
                if (i == 5)
                    await store.FlushAsync();
            }
        }
        Assert.Equal(10, Rows());
        await using (var store = Open())
            Assert.Equal(Enumerable.Range(20, 10).Select(Id).ToHashSet(), (await store.ListAsync()).ToHashSet());
    }

    [Fact]
    public async Task After_its_end_it_is_told_in_vain_but_in_peace()
    {
        var store = Open();
        await store.DisposeAsync();
        await store.DisposeAsync();
        await store.SetConnectedAsync(Peer, true);
        await store.FlushAsync();
        await using var again = Open();
        Assert.Empty(await again.ListAsync());
    }

    private SqlitePeerStore Open(SqlitePeerStoreOptions? options = null) => SqlitePeerStore.Open(_folder.File(), options, _time);

    private long Rows(string table = "peers", string? path = null)
    {
        using var connection = new SqliteConnection($"Data Source={path ?? _folder.File()};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT count(*) FROM {table}";
        return (long)command.ExecuteScalar()!;
    }

    private static PeerId Id(int number)
    {
        var bytes = new byte[34];
        (bytes[0], bytes[1]) = (0x12, 0x20);
        BitConverter.TryWriteBytes(bytes.AsSpan(2), number);
        return PeerId.TryDecode(bytes, out var id) ? id : throw new InvalidOperationException("Any 32 bytes may be a SHA-256.");
    }
}
