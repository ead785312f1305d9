using Libp2p.Stores;
using Libp2p.Testing;
using Libp2p.Tests.Swarm;

namespace Libp2p.Tests.Stores;

public class InMemoryPeerStoreTests
{
    static readonly PeerId Peer = Peers.Id(1);

    readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task Knows_nothing_of_a_stranger()
    {
        var store = NewStore();
        Assert.Null(await store.GetAsync(Peer));
        Assert.Empty(await store.ListAsync());
        await store.SetConnectedAsync(Peer, false);
        await store.RemoveAsync(Peer);
        Assert.Empty(await store.ListAsync());
        Assert.Equal(0, store.EstimatedBytes);
    }

    [Fact]
    public async Task Addresses_that_were_heard_of_expire_after_an_hour()
    {
        var store = NewStore();
        await store.AddAddressesAsync(Peer, Peers.PublicMany(2), AddressTrust.Hearsay);
        _time.Advance(TimeSpan.FromMinutes(30));
        await store.AddAddressesAsync(Peer, [Peers.Public(2)], AddressTrust.Hearsay);

        _time.Advance(TimeSpan.FromMinutes(30) - TimeSpan.FromTicks(1));
        Assert.Equal([Peers.Public(2), Peers.Public(1)], (await store.GetAsync(Peer))!.Addresses);
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal([Peers.Public(2)], (await store.GetAsync(Peer))!.Addresses);
        _time.Advance(TimeSpan.FromMinutes(30));
        Assert.Null(await store.GetAsync(Peer));
        Assert.Equal(0, store.EstimatedBytes);
    }

    [Fact]
    public async Task Nothing_of_a_connected_peer_expires_until_15_minutes_after_it_has_gone()
    {
        var store = NewStore();
        await store.SetConnectedAsync(Peer, true);
        await store.AddAddressesAsync(Peer, [Peers.Public(1)], AddressTrust.Recent);
        await store.AddAddressesAsync(Peer, [Peers.Public(2)], AddressTrust.Hearsay);
        _time.Advance(TimeSpan.FromDays(2));
        Assert.Equal([Peers.Public(1), Peers.Public(2)], (await store.GetAsync(Peer))!.Addresses);

        await store.SetConnectedAsync(Peer, false);
        _time.Advance(TimeSpan.FromMinutes(15) - TimeSpan.FromTicks(1));
        Assert.Equal([Peers.Public(1), Peers.Public(2)], (await store.GetAsync(Peer))!.Addresses);
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Empty((await store.GetAsync(Peer))!.Addresses);
        _time.Advance(TimeSpan.FromMinutes(45));
        Assert.Null(await store.GetAsync(Peer));
    }

    [Fact]
    public async Task A_recent_address_expires_15_minutes_after_the_peer_has_gone_and_one_that_was_heard_of_meanwhile_later()
    {
        var store = NewStore();
        await store.AddAddressesAsync(Peer, [Peers.Public(1)], AddressTrust.Recent);
        await store.SetConnectedAsync(Peer, true);
        _time.Advance(TimeSpan.FromMinutes(20));
        await store.AddAddressesAsync(Peer, [Peers.Public(2)], AddressTrust.Hearsay);
        await store.SetConnectedAsync(Peer, false);
        _time.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal([Peers.Public(2)], (await store.GetAsync(Peer))!.Addresses);
    }

    [Fact]
    public async Task Addresses_that_the_user_gave_stay()
    {
        var store = NewStore();
        await store.AddAddressesAsync(Peer, [Peers.Public(1)], AddressTrust.Permanent);
        await store.AddAddressesAsync(Peer, [Peers.Public(1), Peers.Public(2)], AddressTrust.Hearsay);
        _time.Advance(TimeSpan.FromDays(365));
        Assert.Equal([Peers.Public(1)], (await store.GetAsync(Peer))!.Addresses);
        Assert.Equal([Peer], await store.ListAsync());
        await store.RemoveAsync(Peer);
        Assert.Null(await store.GetAsync(Peer));
    }

    [Fact]
    public async Task What_worked_comes_first_then_what_the_user_gave_then_the_latest_that_was_heard_of()
    {
        var store = NewStore();
        await store.AddAddressesAsync(Peer, [Peers.Public(1), Peers.Public(2)], AddressTrust.Hearsay);
        await store.AddAddressesAsync(Peer, [Peers.Public(3)], AddressTrust.Permanent);
        await store.AddAddressesAsync(Peer, [Peers.Public(2)], AddressTrust.Recent);
        await store.AddAddressesAsync(Peer, [Peers.Public(4)], AddressTrust.Recent);
        await store.AddAddressesAsync(Peer, [Peers.Public(5), Peers.Public(6)], AddressTrust.Hearsay);

        Assert.Equal([.. Ports(4, 2, 3, 5, 6, 1)], (await store.GetAsync(Peer))!.Addresses);
    }

    [Fact]
    public async Task Addresses_are_kept_without_the_peer_and_those_of_another_peer_not_at_all()
    {
        var store = NewStore();
        var relayed = Peers.Public(3).WithPeerId(Peers.Id(7)).Encapsulate(Multiaddress.Parse("/p2p-circuit"));
        await store.AddAddressesAsync(
            Peer, [Peers.Public(1).WithPeerId(Peer), Peers.Public(2).WithPeerId(Peers.Id(2)), relayed.WithPeerId(Peer), relayed, Peers.Public(1)], AddressTrust.Hearsay);

        Assert.Equal([Peers.Public(1), relayed], (await store.GetAsync(Peer))!.Addresses);
    }

    [Fact]
    public async Task A_peer_that_is_not_connected_has_at_most_64_addresses_the_least_trusted_and_oldest_going_first()
    {
        var store = NewStore();
        await store.AddAddressesAsync(Peer, [Peers.Public(9001)], AddressTrust.Permanent);
        await store.AddAddressesAsync(Peer, [Peers.Public(9002)], AddressTrust.Recent);
        await store.AddAddressesAsync(Peer, Peers.PublicMany(40), AddressTrust.Hearsay);
        await store.AddAddressesAsync(Peer, Peers.PublicMany(10_000, first: 41), AddressTrust.Hearsay);

        var kept = (await store.GetAsync(Peer))!.Addresses;

        Assert.Equal(64, kept.Count);
        Assert.Equal([Peers.Public(9002), Peers.Public(9001), .. Peers.PublicMany(62, first: 41)], kept);
    }

    [Fact]
    public async Task A_connected_peer_has_at_most_500_addresses_and_64_once_it_has_gone()
    {
        var store = NewStore();
        await store.SetConnectedAsync(Peer, true);
        await store.AddAddressesAsync(Peer, Peers.PublicMany(300), AddressTrust.Hearsay);
        await store.AddAddressesAsync(Peer, Peers.PublicMany(10_000, first: 201), AddressTrust.Hearsay);
        Assert.Equal(Peers.PublicMany(500, first: 201), (await store.GetAsync(Peer))!.Addresses);
        await store.SetConnectedAsync(Peer, false);
        Assert.Equal(Peers.PublicMany(64, first: 201), (await store.GetAsync(Peer))!.Addresses);
    }

    [Fact]
    public async Task Beyond_the_bound_the_peer_that_was_heard_of_longest_ago_is_forgotten()
    {
        var store = NewStore(new PeerStoreOptions { MaxPeers = 5 });
        await store.AddAddressesAsync(Peers.Id(0), [Peers.Public(1)], AddressTrust.Permanent);
        await store.SetConnectedAsync(Peers.Id(1), true);
        for (var i = 2; i <= 4; i++)
            await store.AddAddressesAsync(Peers.Id(i), [Peers.Public(1)], AddressTrust.Hearsay);
        await store.UpdateAsync(Peers.Id(2), [], "again", null, null);

        await store.AddAddressesAsync(Peers.Id(5), [Peers.Public(1)], AddressTrust.Hearsay);
        await store.AddAddressesAsync(Peers.Id(6), [Peers.Public(1)], AddressTrust.Hearsay);

        Assert.Equal(new[] { 0, 1, 2, 5, 6 }.Select(Peers.Id).ToHashSet(), (await store.ListAsync()).ToHashSet());
    }

    [Fact]
    public async Task Connected_peers_are_never_forgotten_for_others()
    {
        var store = NewStore(new PeerStoreOptions { MaxPeers = 2 });
        await store.SetConnectedAsync(Peers.Id(1), true);
        await store.SetConnectedAsync(Peers.Id(2), true);
        await store.AddAddressesAsync(Peers.Id(3), [Peers.Public(1)], AddressTrust.Permanent);
        Assert.Equal([Peers.Id(1), Peers.Id(2)], await store.ListAsync());
    }

    [Fact]
    public async Task Holds_100_000_peers_and_no_more()
    {
        var store = NewStore();
        for (var i = 0; i < 100_050; i++)
            await store.AddAddressesAsync(Peers.Id(i), [Peers.Public(1)], AddressTrust.Hearsay);
        var peers = await store.ListAsync();
        Assert.Equal(100_000, peers.Count);
        Assert.Null(await store.GetAsync(Peers.Id(49)));
        Assert.NotNull(await store.GetAsync(Peers.Id(50)));
        Assert.InRange(store.EstimatedBytes, 1, new PeerStoreOptions().MaxBytes);
    }

    [Fact]
    public async Task Peers_with_much_to_say_are_bounded_in_bytes()
    {
        var store = NewStore(new PeerStoreOptions { MaxBytes = 1024 * 1024 });
        for (var i = 0; i < 1000; i++)
            await store.UpdateAsync(Peers.Id(i), null, new string('x', 8192), null, null);
        Assert.InRange(store.EstimatedBytes, 512 * 1024, 1024 * 1024);
        Assert.InRange((await store.ListAsync()).Count, 40, 70);
        Assert.NotNull(await store.GetAsync(Peers.Id(999)));
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
            var record = new PeerRecord(identity.PeerId, sequence, [Peers.Public(port)]);
            var envelope = record.Seal(identity).Encode();
            Assert.Equal(isNews, await store.ConsumeRecordAsync(record, envelope));
            if (isNews)
                Assert.Equal(envelope, (await store.GetAsync(identity.PeerId))!.SignedRecord!.Value.ToArray());
        }
        Assert.Equal([.. Ports(6, 3, 1)], (await store.GetAsync(identity.PeerId))!.Addresses);
    }

    [Fact]
    public async Task A_snapshot_does_not_change()
    {
        var store = NewStore();
        await store.AddAddressesAsync(Peer, [Peers.Public(1)], AddressTrust.Hearsay);
        var before = (await store.GetAsync(Peer))!;
        Assert.Same(before, await store.GetAsync(Peer));
        await store.AddAddressesAsync(Peer, [Peers.Public(2)], AddressTrust.Hearsay);
        await store.UpdateAsync(Peer, ["/a"], null, null, null);
        Assert.Equal([Peers.Public(1)], before.Addresses);
        Assert.Empty(before.Protocols);
    }

    [Fact]
    public async Task Many_may_use_it_at_once()
    {
        var store = NewStore(new PeerStoreOptions { MaxPeers = 50 });
        await Parallel.ForAsync(0, 8, async (worker, cancellationToken) =>
        {
            for (var i = 0; i < 2000; i++)
            {
                var peer = Peers.Id((i * 7 + worker) % 100);
                await store.AddAddressesAsync(peer, [Peers.Public(1 + (i % 100))], (AddressTrust)(i % 2), cancellationToken);
                await store.SetConnectedAsync(peer, i % 3 == 0, cancellationToken);
                var info = await store.GetAsync(peer, cancellationToken);
                Assert.True(info is null || info.Peer == peer);
                if (i % 5 == 0)
                    await store.RemoveAsync(peer, cancellationToken);
            }
        });
        foreach (var peer in await store.ListAsync())
            await store.RemoveAsync(peer);
        Assert.Equal(0, store.EstimatedBytes);
    }

    [Fact]
    public void Options_that_make_no_sense_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => NewStore(new PeerStoreOptions { MaxPeers = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => NewStore(new PeerStoreOptions { MaxBytes = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => NewStore(new PeerStoreOptions { MaxAddressesConnected = 63 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => NewStore(new PeerStoreOptions { HearsayLifetime = TimeSpan.Zero }));
    }

    static IEnumerable<Multiaddress> Ports(params int[] ports) => ports.Select(Peers.Public);

    InMemoryPeerStore NewStore(PeerStoreOptions? options = null) => new(options, _time);
}
