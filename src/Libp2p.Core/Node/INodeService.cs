namespace Libp2p;

/// <summary>Something attached to a node: Ping, Identify, Gossipsub. It knows the node by its contract alone.</summary>
public interface INodeService : IAsyncDisposable
{
    /// <summary>Starts: registers handlers, watches events. Called once, before the node listens.</summary>
    ValueTask StartAsync(INode node, CancellationToken cancellationToken);
}
