using System.Buffers;
using System.Threading.Channels;

namespace Libp2p.Transports.Memory;

/// <summary>Accepts links on one number.</summary>
internal sealed class MemoryListener : IListener<Link>
{
    private readonly MemoryNetwork _network;
    private readonly ulong _number;
    private readonly Channel<MemoryLink> _waiting;
    private int _closed;

    public MemoryListener(MemoryNetwork network, ulong number, MemoryPool<byte> pool, MemoryOptions options)
    {
        _network = network;
        _number = number;
        Pool = pool;
        Address = MemoryTransport.ToAddress(number);
        _waiting = Channel.CreateBounded<MemoryLink>(options.Backlog);
    }

    public Multiaddress Address { get; }

    public MemoryPool<byte> Pool { get; }

    /// <summary>Hands a dialled link over, as soon as there is room for it.</summary>
    /// <exception cref="ChannelClosedException">The listener is closed.</exception>
    public ValueTask OfferAsync(MemoryLink link, CancellationToken cancellationToken) => _waiting.Writer.WriteAsync(link, cancellationToken);

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
        _network.Remove(_number);
        _waiting.Writer.TryComplete();
        while (_waiting.Reader.TryRead(out var link))
        {
            link.Abort();
            await link.DisposeAsync().ConfigureAwait(false);
        }
    }
}
