using Libp2p.Testing;
using Libp2p.Tests.Diagnostics;
using Libp2p.Tests.Support;
using Libp2p.Transports.Memory;

namespace Libp2p.Tests.Swarm;

/// <summary>A whole node that has too many connections, in virtual time.</summary>
public sealed class ConnectionPrunerTests : IAsyncDisposable
{
    readonly ManualTimeProvider _time = new();
    readonly MemoryNetwork _network = new();
    readonly List<Libp2pNode> _clients = [];
    Libp2pNode _server = null!;

    async Task StartAsync(int clients, Action<NodeOptions> configure)
    {
        _server = await Builder().Configure(configure).Listen("/memory/1").StartAsync();
        for (var i = 0; i < clients; i++)
        {
            var client = await Builder().StartAsync();
            _clients.Add(client);
            await client.ConnectAsync(_server.Addresses[0], TestNodes.Patience);
            // The order in which they came decides who goes: one after the other.
            while (_server.Connections.Count != i + 1)
                await Task.Yield();
        }
    }

    [Fact]
    public async Task Too_many_are_closed_in_good_order_and_the_worthy_stay()
    {
        await StartAsync(6, o => (o.Pruner.HighWater, o.Pruner.LowWater, o.Pruner.GracePeriod) = (5, 3, TimeSpan.FromSeconds(1)));
        using var recorder = new MetricsRecorder(_server.Identity.PeerId);
        _server.ConnectionTags.Protect(_clients[5].Identity.PeerId, "test");
        _server.ConnectionTags.Tag(_clients[4].Identity.PeerId, "test", 1);
        Assert.True(_server.ConnectionTags.IsProtected(_clients[5].Identity.PeerId));
        Assert.Equal(1, _server.ConnectionTags.WorthOf(_clients[4].Identity.PeerId));
        var atServer = _server.WatchAsync();
        var atClients = _clients.ConvertAll(c => c.WatchAsync());

        _time.Advance(TimeSpan.FromSeconds(1));

        List<ConnectionEnded> ended = [];
        await foreach (var nodeEvent in atServer.WithCancellation(TestNodes.Patience))
        {
            if (nodeEvent is ConnectionEnded end)
                ended.Add(end);
            if (ended.Count == 3)
                break;
        }
        Assert.All(ended, e => Assert.Equal("closed here: 6 connections are more than the 5 that this node keeps", e.Reason.ToString()));
        Assert.Equal(_clients[1..4].Select(c => c.Identity.PeerId).ToHashSet(), ended.Select(e => e.Connection.RemotePeer).ToHashSet());
        // In good order: to the other side it is a goodbye, not a broken link.
        foreach (var events in atClients[1..4])
            Assert.Equal(CloseCode.RemoteClose, (await events.FirstAsync<ConnectionEnded>()).Reason.Code);
        Assert.Equal(new[] { 0, 4, 5 }.Select(i => _clients[i].Identity.PeerId).ToHashSet(), _server.Peers.ToHashSet());
        Assert.Equal(["reason=too many", "reason=too many", "reason=too many"], recorder.Of("libp2p_swarm_connections_pruned_total").Select(m => m.Labels));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
            await client.DisposeAsync();
        await _server.DisposeAsync();
    }

    NodeBuilder Builder() => Libp2pNode.CreateBuilder().UseTimeProvider(_time).UseMemory(_network).UseNoise().UseYamux();
}
