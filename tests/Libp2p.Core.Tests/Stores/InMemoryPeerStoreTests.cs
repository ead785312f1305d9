using Libp2p.Testing.Stores;

namespace Libp2p.Tests.Stores;

public sealed class InMemoryPeerStoreTests : PeerStoreConformanceTests
{
    protected override IPeerStore NewStore(PeerStoreOptions? options = null) => Create(options);

    [Fact]
    public async Task Holds_100_000_peers_and_no_more()
    {
        var store = Create();
        for (var i = 0; i < 100_050; i++)
            await store.AddAddressesAsync(Id(i), [Public(1)], AddressTrust.Hearsay);
        var peers = await store.ListAsync();
        Assert.Equal(100_000, peers.Count);
        Assert.Null(await store.GetAsync(Id(49)));
        Assert.NotNull(await store.GetAsync(Id(50)));
        Assert.InRange(store.EstimatedBytes, 1, new PeerStoreOptions().MaxBytes);
    }

    [Fact]
    public async Task Peers_with_much_to_say_are_bounded_in_bytes()
    {
        var store = Create(new PeerStoreOptions { MaxBytes = 1024 * 1024 });
        for (var i = 0; i < 1000; i++)
            await store.UpdateAsync(Id(i), null, new string('x', 8192), null, null);
        Assert.InRange(store.EstimatedBytes, 512 * 1024, 1024 * 1024);
        Assert.InRange((await store.ListAsync()).Count, 40, 70);
        Assert.NotNull(await store.GetAsync(Id(999)));
    }

    [Fact]
    public async Task A_snapshot_does_not_change()
    {
        var store = Create();
        await store.AddAddressesAsync(Peer, [Public(1)], AddressTrust.Hearsay);
        var before = (await store.GetAsync(Peer))!;
        Assert.Same(before, await store.GetAsync(Peer));
        await store.AddAddressesAsync(Peer, [Public(2)], AddressTrust.Hearsay);
        await store.UpdateAsync(Peer, ["/a"], null, null, null);
        Assert.Equal([Public(1)], before.Addresses);
        Assert.Empty(before.Protocols);
    }

    [Fact]
    public void Options_that_make_no_sense_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Create(new PeerStoreOptions { MaxPeers = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Create(new PeerStoreOptions { MaxBytes = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Create(new PeerStoreOptions { MaxAddressesConnected = 63 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Create(new PeerStoreOptions { HearsayLifetime = TimeSpan.Zero }));
    }

    [Fact]
    public async Task What_is_forgotten_takes_no_bytes()
    {
        var store = Create();
        await store.AddAddressesAsync(Id(1), PublicMany(10), AddressTrust.Hearsay);
        await store.SetMetadataAsync(Id(1), "tag", new byte[100]);
        await store.AddAddressesAsync(Id(2), PublicMany(10), AddressTrust.Permanent);
        await store.RemoveAsync(Id(2));
        Time.Advance(TimeSpan.FromHours(1));
        Assert.Empty(await store.ListAsync());
        Assert.Equal(0, store.EstimatedBytes);
    }

    private InMemoryPeerStore Create(PeerStoreOptions? options = null) => new(options, Time);
}
