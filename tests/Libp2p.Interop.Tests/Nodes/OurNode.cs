using Libp2p.Protocols.Perf;
using Libp2p.Transports.WebSocket;

namespace Libp2p.Interop.Tests.Nodes;

/// <summary>Our node as an application would build it, with the test protocols, on a free port of the loopback interface.</summary>
public sealed class OurNode : IAsyncDisposable
{
    readonly NodeEvents _events;

    OurNode(Libp2pNode node, TestProtocols protocols, NodeEvents events)
    {
        Node = node;
        Protocols = protocols;
        _events = events;
    }

    /// <summary>The node.</summary>
    public Libp2pNode Node { get; }

    /// <summary>What it serves beside the standard protocols.</summary>
    public TestProtocols Protocols { get; }

    /// <summary>Its peer id, as text.</summary>
    public string Peer => Node.Identity.PeerId.ToString();

    /// <summary>Where it listens, with its peer id, as text.</summary>
    public string Address => Node.Addresses[0].ToString();

    /// <summary>Starts one.</summary>
    /// <param name="configure">Changes the builder; to listen elsewhere, clear <c>Options.Listen</c> first.</param>
    /// <param name="reply">What it answers to a direct message; null for nothing.</param>
    /// <param name="over">What stands behind the TCP port in its address: <c>/ws</c> for WebSocket.</param>
    /// <param name="secure">Adds its security protocols; null for Noise.</param>
    /// <param name="webSocket">Options of WebSocket.</param>
    public static async Task<OurNode> StartAsync(
        Action<NodeBuilder>? configure = null, string? reply = null, string over = "", Action<NodeBuilder>? secure = null, WebSocketOptions? webSocket = null)
    {
        var builder = Libp2pNode.CreateBuilder().UseTcp().UseYamux().AddIdentify().AddPing()
            .AddPerf(new PerfOptions { Serve = true }).Listen("/ip4/127.0.0.1/tcp/0" + over);
        if (over.Length > 0)
            builder.UseWebSocket(webSocket);
        (secure ?? (b => b.UseNoise()))(builder);
        configure?.Invoke(builder);
        var node = builder.Build();
        var events = new NodeEvents(node);
        var protocols = new TestProtocols(node, reply);
        try
        {
            await node.StartAsync();
            return new OurNode(node, protocols, events);
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    /// <summary>Takes the first event of that kind that <paramref name="wanted"/> accepts, whether it has come already or is yet to come. Each is taken once.</summary>
    public Task<T> WaitForAsync<T>(Func<T, bool> wanted, CancellationToken cancellationToken)
        where T : NodeEvent =>
        _events.TakeAsync(wanted, cancellationToken);

    /// <summary>Events that came and that nobody has taken.</summary>
    public IReadOnlyList<NodeEvent> Untaken => _events.Untaken;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        await _events.Ended;
    }
}
