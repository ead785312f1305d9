using System.Buffers;
using System.Threading.Channels;

namespace Libp2p.Testing.Simulation;

/// <summary>One node's way into a <see cref="SimulatedNetwork"/>.</summary>
internal sealed class SimulatedTransport(SimulatedNetwork network, string node, MemoryPool<byte> pool) : ILinkTransport
{
    public bool Handles(Multiaddress address) =>
        address.Parts.Count is 1 or 2 && address.Parts[0].Protocol == MultiaddressProtocols.Memory
        && (address.Parts.Count == 1 || address.Parts[1].Protocol == MultiaddressProtocols.P2p);

    public ValueTask<Link> DialAsync(Multiaddress address, CancellationToken cancellationToken) => network.DialAsync(node, pool, address, cancellationToken);

    public ValueTask<IListener<Link>> ListenAsync(Multiaddress address, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new ValueTask<IListener<Link>>(network.Listen(node, pool, address));
    }
}

/// <summary>Accepts what other nodes dial.</summary>
internal sealed class SimulatedListener(SimulatedNetwork network, string node, MemoryPool<byte> pool, Multiaddress address) : IListener<Link>
{
    private readonly Channel<Link> _waiting = Channel.CreateBounded<Link>(512);
    private int _closed;

    public string Node => node;

    public MemoryPool<byte> Pool => pool;

    public Multiaddress Address => address;

    public ValueTask OfferAsync(Link link, CancellationToken cancellationToken) => _waiting.Writer.WriteAsync(link, cancellationToken);

    public async ValueTask<Link?> AcceptAsync(CancellationToken cancellationToken)
    {
        while (Volatile.Read(ref _closed) == 0 && await _waiting.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (_waiting.Reader.TryRead(out var link))
                return link;
        }
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
            return;
        network.Remove(address);
        _waiting.Writer.TryComplete();
        while (_waiting.Reader.TryRead(out var link))
        {
            link.Abort();
            await link.DisposeAsync().ConfigureAwait(false);
        }
    }
}
