namespace Libp2p;

/// <summary>Something that accepts.</summary>
/// <typeparam name="T">What it gives: a <see cref="Link"/> or a <see cref="PeerConnection"/>.</typeparam>
public interface IListener<T> : IAsyncDisposable
    where T : class
{
    /// <summary>The bound address; its port is the real one. A wildcard stays one: the node resolves it for announcing.</summary>
    Multiaddress Address { get; }

    /// <summary>Waits for the next; null once closed.</summary>
    ValueTask<T?> AcceptAsync(CancellationToken cancellationToken);
}
