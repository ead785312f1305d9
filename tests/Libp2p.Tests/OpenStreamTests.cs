using Libp2p.Tests.Support;

namespace Libp2p.Tests;

public sealed class OpenStreamTests : IAsyncDisposable
{
    static readonly ProtocolId Served = "/tincan/test/served/1.0.0";
    static readonly ProtocolId NotServed = "/tincan/test/not-served/1.0.0";

    readonly TestNodes _nodes = new();

    public ValueTask DisposeAsync() => _nodes.DisposeAsync();

    [Fact]
    public async Task Only_if_connected_takes_the_first_protocol_that_the_peer_has()
    {
        var (node, other) = (await _nodes.StartAsync(), await _nodes.StartAsync());
        using var serving = other.Handle(Served, (_, _) => Task.CompletedTask);
        await node.DialAsync(other);
        await using var stream = await node.OpenStreamIfConnectedAsync(other.Identity.PeerId, [NotServed, Served], TestNodes.Patience);
        Assert.Equal(Served, stream!.Protocol);
    }

    [Fact]
    public async Task Only_if_connected_never_brings_back_who_has_gone()
    {
        var (node, other) = (await _nodes.StartAsync(), await _nodes.StartAsync());
        using var serving = other.Handle(Served, (_, _) => Task.CompletedTask);
        await node.DialAsync(other);
        await node.PeerStore.AddAddressesAsync(other.Identity.PeerId, other.Addresses, AddressTrust.Permanent);
        await node.DisconnectAsync(other.Identity.PeerId);
        Assert.Null(await node.OpenStreamIfConnectedAsync(other.Identity.PeerId, [Served], TestNodes.Patience));
        Assert.DoesNotContain(node.Connections, node.IsOpen);

        // Others connect for it.
        await using var stream = await node.OpenStreamAsync(other.Identity.PeerId, Served, TestNodes.Patience);
        Assert.Single(node.Connections, c => node.IsOpen(c));
    }
}
