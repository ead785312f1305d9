using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Threading.Channels;

namespace Libp2p.Transports.Memory;

/// <summary>Links within the process: <c>/memory/N</c>. They have back-pressure, half-close and reset as TCP has, and no sockets.</summary>
public sealed class MemoryTransport : ILinkTransport
{
    private readonly MemoryPool<byte> _pool;
    private readonly MemoryNetwork _network;
    private readonly MemoryOptions _options;

    /// <summary>Creates it.</summary>
    /// <param name="pool">Where buffers come from: the node's one pool.</param>
    /// <param name="network">Whom it reaches; null for <see cref="MemoryNetwork.Shared"/>.</param>
    /// <param name="options">Null for the defaults.</param>
    public MemoryTransport(MemoryPool<byte> pool, MemoryNetwork? network = null, MemoryOptions? options = null)
    {
        _pool = pool;
        _network = network ?? MemoryNetwork.Shared;
        _options = options ?? new MemoryOptions();
        _options.Validate();
    }

    /// <summary>The transport's name in messages and metrics.</summary>
    public override string ToString() => "memory";

    /// <inheritdoc/>
    public bool Handles(Multiaddress address) =>
        address.Parts is [var only] && only.Protocol == MultiaddressProtocols.Memory
        || address.Parts is [var first, var last] && first.Protocol == MultiaddressProtocols.Memory && last.Protocol == MultiaddressProtocols.P2p;

    /// <inheritdoc/>
    public async ValueTask<Link> DialAsync(Multiaddress address, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var number = NumberOf(address);
        if (!_network.TryFind(number, out var listener))
            throw Refused(number);
        var (dialer, accepted) = MemoryLink.CreatePair(ToAddress(_network.TakeNumber()), listener.Address, _pool, listener.Pool, _options);
        try
        {
            await listener.OfferAsync(accepted, cancellationToken).ConfigureAwait(false);
            return dialer;
        }
        catch (ChannelClosedException)
        {
            throw Refused(number);
        }
    }

    /// <inheritdoc/>
    public ValueTask<IListener<Link>> ListenAsync(Multiaddress address, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var asked = NumberOf(address);
        while (true)
        {
            var number = asked != 0 ? asked : _network.TakeNumber();
            var listener = new MemoryListener(_network, number, _pool, _options);
            if (_network.TryAdd(number, listener))
                return new ValueTask<IListener<Link>>(listener);
            if (asked != 0)
                throw new Libp2pException(Libp2pError.ListenFailed, $"Cannot listen on {address}: the address is in use. Choose another number; 0 takes a free one.");
        }
    }

    internal static Multiaddress ToAddress(ulong number) =>
        Multiaddress.FromParts(MultiaddressPart.Create(MultiaddressProtocols.Memory, number.ToString(CultureInfo.InvariantCulture)));

    private static ulong NumberOf(Multiaddress address) => BinaryPrimitives.ReadUInt64BigEndian(address.Parts[0].Bytes.Span);

    private static Libp2pException Refused(ulong number) =>
        new(Libp2pError.Unreachable, $"connection refused: nobody listens on /memory/{number}");
}
