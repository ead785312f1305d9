using Libp2p.Testing;
using Libp2p.Tests.Swarm;

namespace Libp2p.Tests;

public sealed class ConnectOptionsTests
{
    private static readonly Multiaddress Address = Peers.Public(1);

    [Fact]
    public async Task In_the_background_an_address_that_failed_is_left_alone_for_its_time()
    {
        var (time, transport) = (new ManualTimeProvider(), new FakeTransport());
        await using var node = Build(time, transport);
        await FailAsync(node, transport, ConnectOptions.InBackground);

        var left = await Assert.ThrowsAsync<DialException>(() => ConnectAsync(node, ConnectOptions.InBackground));
        Assert.Equal(DialStage.NotTried, Assert.Single(left.Attempts).Stage);
        Assert.Contains("left alone for 5 s", left.Message, StringComparison.Ordinal);
        Assert.True(transport.IsIdle);

        time.Advance(TimeSpan.FromSeconds(5));
        await FailAsync(node, transport, ConnectOptions.InBackground);
    }

    [Fact]
    public async Task A_user_is_not_kept_from_an_address_that_failed()
    {
        var (time, transport) = (new ManualTimeProvider(), new FakeTransport());
        await using var node = Build(time, transport);
        await FailAsync(node, transport, ConnectOptions.InBackground);
        await FailAsync(node, transport, options: null);
        await FailAsync(node, transport, new ConnectOptions());
    }

    [Fact]
    public async Task By_peer_as_by_address()
    {
        var (time, transport) = (new ManualTimeProvider(), new FakeTransport());
        await using var node = Build(time, transport);
        var peer = Peers.Id(1);
        await node.PeerStore.AddAddressesAsync(peer, [Address], AddressTrust.Permanent);
        var dial = Assert.ThrowsAsync<DialException>(async () => await node.ConnectAsync(peer, ConnectOptions.InBackground));
        (await transport.NextAsync()).Fail();
        Assert.NotEqual(DialStage.NotTried, Assert.Single((await dial).Attempts).Stage);

        var left = await Assert.ThrowsAsync<DialException>(async () => await node.ConnectAsync(peer, ConnectOptions.InBackground));
        Assert.Equal(DialStage.NotTried, Assert.Single(left.Attempts).Stage);
    }

    private static async Task FailAsync(Libp2pNode node, FakeTransport transport, ConnectOptions? options)
    {
        var dial = Assert.ThrowsAsync<DialException>(() => ConnectAsync(node, options));
        (await transport.NextAsync()).Fail();
        Assert.NotEqual(DialStage.NotTried, Assert.Single((await dial).Attempts).Stage);
    }

    private static async Task ConnectAsync(Libp2pNode node, ConnectOptions? options) => await node.ConnectAsync(Address, options);

    private static Libp2pNode Build(ManualTimeProvider time, FakeTransport transport) =>
        Libp2pNode.CreateBuilder().UseTimeProvider(time).Use(ITransport (_) => transport).Build();
}
