using Libp2p.Tests.Support;

namespace Libp2p.Tests.Swarm;

public sealed class ConnectionTableTests
{
    [Fact]
    public async Task A_node_that_has_ended_has_no_connection_and_has_told_of_the_end_of_each()
    {
        await using var nodes = new TestNodes();
        var (ending, staying) = (await nodes.StartAsync(), await nodes.StartAsync());
        var connection = await ending.DialBothAsync(staying);
        var events = ending.WatchAsync(TestNodes.Patience);

        await ending.DisposeAsync();

        Assert.Empty(ending.Connections);
        List<NodeEvent> told = [];
        await foreach (var nodeEvent in events)
            told.Add(nodeEvent);
        Assert.Equal(connection.Id, Assert.Single(told.OfType<ConnectionEnded>()).Connection.Id);
        Assert.Equal(staying.Identity.PeerId, Assert.Single(told.OfType<PeerDisconnected>()).Peer);
    }
}
