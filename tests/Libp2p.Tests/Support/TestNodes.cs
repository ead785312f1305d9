namespace Libp2p.Tests.Support;

/// <summary>Nodes of one test that reach each other over TCP on the loopback interface; all end with the test.</summary>
sealed class TestNodes : IAsyncDisposable
{
    readonly List<Libp2pNode> _nodes = [];

    /// <summary>Ends whatever waits for something that does not come; no test waits so long when it passes.</summary>
    public static CancellationToken Patience => new CancellationTokenSource(TimeSpan.FromSeconds(120)).Token;

    public async Task<Libp2pNode> StartAsync(params INodeService[] services)
    {
        var builder = Libp2pNode.CreateBuilder().UseTcp().UseNoise().UseYamux().Listen("/ip4/127.0.0.1/tcp/0");
        foreach (var service in services)
            builder.Add(_ => service);
        var node = await builder.StartAsync();
        _nodes.Add(node);
        return node;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();
    }
}

static class TestNodeExtensions
{
    public static ValueTask<ConnectionInfo> DialAsync(this Libp2pNode from, Libp2pNode to) => from.ConnectAsync(to.Addresses[0], TestNodes.Patience);

    /// <summary>Connects, and waits until the side that is dialled has the connection too: the dialler is done before.</summary>
    public static async Task<ConnectionInfo> DialBothAsync(this Libp2pNode from, Libp2pNode to)
    {
        var events = to.WatchAsync();
        var connection = await from.DialAsync(to);
        await events.FirstAsync<PeerConnected>(e => e.Peer == from.Identity.PeerId);
        return connection;
    }

    /// <summary>Waits for the first event that fits; the watch must have begun before what causes it.</summary>
    public static async Task<T> FirstAsync<T>(this IAsyncEnumerable<NodeEvent> events, Func<T, bool>? fits = null)
        where T : NodeEvent
    {
        await foreach (var nodeEvent in events.WithCancellation(TestNodes.Patience))
        {
            if (nodeEvent is T wanted && (fits is null || fits(wanted)))
                return wanted;
        }
        throw new InvalidOperationException($"The node ended before a {typeof(T).Name} came.");
    }
}
