using System.Buffers.Binary;
using System.Security.Cryptography;
using Xunit;

namespace Libp2p.Testing.Stores;

/// <summary>What every peer store must do. Derive from it and make the store; it must go by <see cref="Time"/>.</summary>
public abstract class PeerStoreConformanceTests
{
    /// <summary>A peer.</summary>
    protected static readonly PeerId Peer = Id(1);

    /// <summary>The clock of the stores.</summary>
    protected ManualTimeProvider Time { get; } = new();

    /// <summary>Makes an empty store, which the test's end disposes of.</summary>
    /// <param name="options">Its bounds; null for the defaults.</param>
    protected abstract IPeerStore NewStore(PeerStoreOptions? options = null);

    /// <summary>The peer id of a number, the same each time.</summary>
    protected static PeerId Id(int number)
    {
        Span<byte> bytes = stackalloc byte[34];
        (bytes[0], bytes[1]) = (0x12, 0x20);
        Span<byte> seed = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(seed, number);
        SHA256.HashData(seed, bytes[2..]);
        return PeerId.TryDecode(bytes, out var id) ? id : throw new InvalidOperationException("A SHA-256 is a peer id.");
    }

    /// <summary>A public address, of a port.</summary>
    protected static Multiaddress Public(int port) => Multiaddress.Parse($"/ip4/8.8.4.4/tcp/{port}");

    /// <summary>Public addresses of ports that follow each other.</summary>
    protected static Multiaddress[] PublicMany(int count, int first = 1) => [.. Enumerable.Range(first, count).Select(Public)];

    [Fact]
    public async Task Knows_nothing_of_a_stranger()
    {
        var store = NewStore();
        Assert.Null(await store.GetAsync(Peer));
        Assert.Empty(await store.ListAsync());
        await store.SetConnectedAsync(Peer, false);
        await store.RemoveAsync(Peer);
        Assert.Empty(await store.ListAsync());
    }

    [Fact]
    public async Task Addresses_that_were_heard_of_expire_after_an_hour()
    {
        var store = NewStore();
        await store.AddAddressesAsync(Peer, PublicMany(2), AddressTrust.Hearsay);
        Time.Advance(TimeSpan.FromMinutes(30));
        await store.AddAddressesAsync(Peer, [Public(2)], AddressTrust.Hearsay);

        Time.Advance(TimeSpan.FromMinutes(30) - TimeSpan.FromTicks(1));
        Assert.Equal([Public(2), Public(1)], (await store.GetAsync(Peer))!.Addresses);
        Time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal([Public(2)], (await store.GetAsync(Peer))!.Addresses);
        Time.Advance(TimeSpan.FromMinutes(30));
        Assert.Null(await store.GetAsync(Peer));
    }

    [Fact]
    public async Task Nothing_of_a_connected_peer_expires_until_15_minutes_after_it_has_gone()
    {
        var store = NewStore();
        await store.SetConnectedAsync(Peer, true);
        await store.AddAddressesAsync(Peer, [Public(1)], AddressTrust.Recent);
        await store.AddAddressesAsync(Peer, [Public(2)], AddressTrust.Hearsay);
        Time.Advance(TimeSpan.FromDays(2));
        Assert.Equal([Public(1), Public(2)], (await store.GetAsync(Peer))!.Addresses);

        await store.SetConnectedAsync(Peer, false);
        Time.Advance(TimeSpan.FromMinutes(15) - TimeSpan.FromTicks(1));
        Assert.Equal([Public(1), Public(2)], (await store.GetAsync(Peer))!.Addresses);
        Time.Advance(TimeSpan.FromTicks(1));
        Assert.Empty((await store.GetAsync(Peer))!.Addresses);
        Time.Advance(TimeSpan.FromMinutes(45));
        Assert.Null(await store.GetAsync(Peer));
    }

    [Fact]
    public async Task A_recent_address_expires_15_minutes_after_the_peer_has_gone_and_one_that_was_heard_of_meanwhile_later()
    {
        var store = NewStore();
        await store.AddAddressesAsync(Peer, [Public(1)], AddressTrust.Recent);
        await store.SetConnectedAsync(Peer, true);
        Time.Advance(TimeSpan.FromMinutes(20));
        await store.AddAddressesAsync(Peer, [Public(2)], AddressTrust.Hearsay);
        await store.SetConnectedAsync(Peer, false);
        Time.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal([Public(2)], (await store.GetAsync(Peer))!.Addresses);
    }

    [Fact]
    public async Task Addresses_that_the_user_gave_stay()
    {
        var store = NewStore();
        await store.AddAddressesAsync(Peer, [Public(1)], AddressTrust.Permanent);
        await store.AddAddressesAsync(Peer, [Public(1), Public(2)], AddressTrust.Hearsay);
        Time.Advance(TimeSpan.FromDays(365));
        Assert.Equal([Public(1)], (await store.GetAsync(Peer))!.Addresses);
        Assert.Equal([Peer], await store.ListAsync());
        await store.RemoveAsync(Peer);
        Assert.Null(await store.GetAsync(Peer));
    }

    [Fact]
    public async Task What_worked_comes_first_then_what_the_user_gave_then_the_latest_that_was_heard_of()
    {
        var store = NewStore();
        await store.AddAddressesAsync(Peer, [Public(1), Public(2)], AddressTrust.Hearsay);
        await store.AddAddressesAsync(Peer, [Public(3)], AddressTrust.Permanent);
        await store.AddAddressesAsync(Peer, [Public(2)], AddressTrust.Recent);
        await store.AddAddressesAsync(Peer, [Public(4)], AddressTrust.Recent);
        await store.AddAddressesAsync(Peer, [Public(5), Public(6)], AddressTrust.Hearsay);

        Assert.Equal([.. Ports(4, 2, 3, 5, 6, 1)], (await store.GetAsync(Peer))!.Addresses);
    }

    [Fact]
    public async Task Addresses_are_kept_without_the_peer_and_those_of_another_peer_not_at_all()
    {
        var store = NewStore();
        var relayed = Public(3).WithPeerId(Id(7)).Encapsulate(Multiaddress.Parse("/p2p-circuit"));
        await store.AddAddressesAsync(
            Peer, [Public(1).WithPeerId(Peer), Public(2).WithPeerId(Id(2)), relayed.WithPeerId(Peer), relayed, Public(1)], AddressTrust.Hearsay);

        Assert.Equal([Public(1), relayed], (await store.GetAsync(Peer))!.Addresses);
    }

    [Fact]
    public async Task A_peer_that_is_not_connected_has_at_most_64_addresses_the_least_trusted_and_oldest_going_first()
    {
        var store = NewStore();
        await store.AddAddressesAsync(Peer, [Public(9001)], AddressTrust.Permanent);
        await store.AddAddressesAsync(Peer, [Public(9002)], AddressTrust.Recent);
        await store.AddAddressesAsync(Peer, PublicMany(40), AddressTrust.Hearsay);
        await store.AddAddressesAsync(Peer, PublicMany(10_000, first: 41), AddressTrust.Hearsay);

        var kept = (await store.GetAsync(Peer))!.Addresses;

        Assert.Equal(64, kept.Count);
        Assert.Equal([Public(9002), Public(9001), .. PublicMany(62, first: 41)], kept);
    }

    [Fact]
    public async Task A_connected_peer_has_at_most_500_addresses_and_64_once_it_has_gone()
    {
        var store = NewStore();
        await store.SetConnectedAsync(Peer, true);
        await store.AddAddressesAsync(Peer, PublicMany(300), AddressTrust.Hearsay);
        await store.AddAddressesAsync(Peer, PublicMany(10_000, first: 201), AddressTrust.Hearsay);
        Assert.Equal(PublicMany(500, first: 201), (await store.GetAsync(Peer))!.Addresses);
        await store.SetConnectedAsync(Peer, false);
        Assert.Equal(PublicMany(64, first: 201), (await store.GetAsync(Peer))!.Addresses);
    }

    [Fact]
    public async Task Beyond_the_bound_the_peer_that_was_heard_of_longest_ago_is_forgotten()
    {
        var store = NewStore(new PeerStoreOptions { MaxPeers = 5 });
        await store.AddAddressesAsync(Id(0), [Public(1)], AddressTrust.Permanent);
        await store.SetConnectedAsync(Id(1), true);
        for (var i = 2; i <= 4; i++)
            await store.AddAddressesAsync(Id(i), [Public(1)], AddressTrust.Hearsay);
        await store.UpdateAsync(Id(2), [], "again", null, null);

        await store.AddAddressesAsync(Id(5), [Public(1)], AddressTrust.Hearsay);
        await store.AddAddressesAsync(Id(6), [Public(1)], AddressTrust.Hearsay);

        Assert.Equal(new[] { 0, 1, 2, 5, 6 }.Select(Id).ToHashSet(), (await store.ListAsync()).ToHashSet());
    }

    [Fact]
    public async Task Connected_peers_are_never_forgotten_for_others()
    {
        var store = NewStore(new PeerStoreOptions { MaxPeers = 2 });
        await store.SetConnectedAsync(Id(1), true);
        await store.SetConnectedAsync(Id(2), true);
        await store.AddAddressesAsync(Id(3), [Public(1)], AddressTrust.Permanent);
        Assert.Equal([Id(1), Id(2)], await store.ListAsync());
    }

    [Fact]
    public async Task Null_leaves_what_is_there()
    {
        var store = NewStore();
        using var identity = Identity.Generate();
        await store.UpdateAsync(identity.PeerId, ["/a", "/b"], "agent", "version", identity.PublicKey);
        await store.UpdateAsync(identity.PeerId, null, null, null, null);
        await store.UpdateAsync(identity.PeerId, ["/c"], null, "", null);

        var info = (await store.GetAsync(identity.PeerId))!;

        Assert.Equal(["/c"], info.Protocols);
        Assert.Equal("agent", info.AgentVersion);
        Assert.Equal("", info.ProtocolVersion);
        Assert.Equal(identity.PublicKey, info.PublicKey);
    }

    [Fact]
    public async Task Records_are_taken_with_a_rising_number_only()
    {
        var store = NewStore();
        using var identity = Identity.Generate();
        foreach (var (sequence, port, isNews) in ((ulong, int, bool)[])[(0, 1, true), (0, 2, false), (5, 3, true), (4, 4, false), (5, 5, false), (ulong.MaxValue, 6, true)])
        {
            var record = new PeerRecord(identity.PeerId, sequence, [Public(port)]);
            var envelope = record.Seal(identity).Encode();
            Assert.Equal(isNews, await store.ConsumeRecordAsync(record, envelope));
            if (isNews)
                Assert.Equal(envelope, (await store.GetAsync(identity.PeerId))!.SignedRecord!.Value.ToArray());
        }
        Assert.Equal([.. Ports(6, 3, 1)], (await store.GetAsync(identity.PeerId))!.Addresses);
    }

    [Fact]
    public async Task Many_may_use_it_at_once()
    {
        var store = NewStore(new PeerStoreOptions { MaxPeers = 50 });
        await Parallel.ForAsync(0, 8, async (worker, cancellationToken) =>
        {
            for (var i = 0; i < 2000; i++)
            {
                var peer = Id((i * 7 + worker) % 100);
                await store.AddAddressesAsync(peer, [Public(1 + (i % 100))], (AddressTrust)(i % 2), cancellationToken);
                await store.SetConnectedAsync(peer, i % 3 == 0, cancellationToken);
                var info = await store.GetAsync(peer, cancellationToken);
                Assert.True(info is null || info.Peer == peer);
                if (i % 5 == 0)
                    await store.RemoveAsync(peer, cancellationToken);
            }
        });
        foreach (var peer in await store.ListAsync())
            await store.RemoveAsync(peer);
    }

    [Fact]
    public async Task Metadata_is_kept_by_name()
    {
        var store = NewStore();
        Assert.Null(await store.GetMetadataAsync(Peer, "tag"));
        await store.SetMetadataAsync(Peer, "tag", null);
        Assert.Null(await store.GetAsync(Peer));

        byte[] value = [1, 2, 3];
        await store.SetMetadataAsync(Peer, "tag", value);
        await store.SetMetadataAsync(Peer, "empty", ReadOnlyMemory<byte>.Empty);
        value[0] = 9;
        Assert.Equal([1, 2, 3], (await store.GetMetadataAsync(Peer, "tag"))!.Value.ToArray());
        Assert.Equal(0, (await store.GetMetadataAsync(Peer, "empty"))!.Value.Length);
        Assert.Null(await store.GetMetadataAsync(Peer, "other"));
        Assert.Null(await store.GetMetadataAsync(Id(2), "tag"));

        await store.SetMetadataAsync(Peer, "tag", new byte[] { 4 });
        Assert.Equal([4], (await store.GetMetadataAsync(Peer, "tag"))!.Value.ToArray());
        await store.SetMetadataAsync(Peer, "tag", null);
        Assert.Null(await store.GetMetadataAsync(Peer, "tag"));
        await store.RemoveAsync(Peer);
        Assert.Null(await store.GetMetadataAsync(Peer, "empty"));
    }

    [Fact]
    public async Task Metadata_goes_with_its_peer()
    {
        var store = NewStore();
        await store.SetMetadataAsync(Peer, "tag", new byte[] { 1 });
        Time.Advance(TimeSpan.FromHours(1));
        Assert.Null(await store.GetMetadataAsync(Peer, "tag"));
        Assert.Empty(await store.ListAsync());
    }

    [Fact]
    public async Task Metadata_has_its_bounds()
    {
        var options = new PeerStoreOptions();
        var store = NewStore(options);
        await store.SetMetadataAsync(Peer, new string('n', 64), new byte[options.MaxMetadataBytes]);
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.SetMetadataAsync(Peer, new string('n', 65), new byte[1]));
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.SetMetadataAsync(Peer, "", new byte[1]));
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.SetMetadataAsync(Peer, "big", new byte[options.MaxMetadataBytes + 1]));
        for (var i = 1; i < options.MaxMetadata; i++)
            await store.SetMetadataAsync(Peer, $"n{i}", new byte[1]);
        var full = await Assert.ThrowsAsync<Libp2pException>(async () => await store.SetMetadataAsync(Peer, "one more", new byte[1]));
        Assert.Equal(Libp2pError.LimitReached, full.Error);
        await store.SetMetadataAsync(Peer, "n1", new byte[2]);
    }

    private static IEnumerable<Multiaddress> Ports(params int[] ports) => ports.Select(Public);
}
