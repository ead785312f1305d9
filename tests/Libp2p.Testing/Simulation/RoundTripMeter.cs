using System.Collections.Concurrent;

namespace Libp2p.Testing.Simulation;

/// <summary>
/// Counts round trips by cause and effect, without any clock: what is flushed carries the sender's count of one-way trips, and
/// whoever reads it is one trip further. The three packets with which TCP connects are counted as TCP would.
/// </summary>
/// <remarks>Wrap the transports of both nodes with the same meter; read <see cref="CountingLink.RoundTrips"/> of what was dialled.</remarks>
public sealed class RoundTripMeter
{
    private readonly ConcurrentDictionary<string, CountingLink> _waiting = new();
    private readonly ConcurrentQueue<CountingLink> _dialed = new();

    /// <summary>The links that were dialled, in order.</summary>
    public IReadOnlyList<CountingLink> Dialed => [.. _dialed];

    /// <summary>A transport whose links count.</summary>
    public ILinkTransport Wrap(ILinkTransport inner) => new Transport(this, inner);

    private CountingLink Pair(Link link, Role role)
    {
        // The dialler has sent a SYN and got its answer; the listener has also got the third packet.
        var counting = new CountingLink(link, trips: role == Role.Dialer ? 2 : 3);
        var (dialer, listener) = role == Role.Dialer ? (link.LocalAddress, link.RemoteAddress) : (link.RemoteAddress, link.LocalAddress);
        var key = $"{dialer} {listener}";
        // Whoever comes first leaves itself for the other.
        if (!_waiting.TryAdd(key, counting) && _waiting.TryRemove(key, out var other))
            counting.Join(other);
        if (role == Role.Dialer)
            _dialed.Enqueue(counting);
        return counting;
    }

    private sealed class Transport(RoundTripMeter meter, ILinkTransport inner) : ILinkTransport
    {
        public bool Handles(Multiaddress address) => inner.Handles(address);

        public async ValueTask<Link> DialAsync(Multiaddress address, CancellationToken cancellationToken) =>
            meter.Pair(await inner.DialAsync(address, cancellationToken).ConfigureAwait(false), Role.Dialer);

        public async ValueTask<IListener<Link>> ListenAsync(Multiaddress address, CancellationToken cancellationToken) =>
            new Listener(meter, await inner.ListenAsync(address, cancellationToken).ConfigureAwait(false));
    }

    private sealed class Listener(RoundTripMeter meter, IListener<Link> inner) : IListener<Link>
    {
        public Multiaddress Address => inner.Address;

        public async ValueTask<Link?> AcceptAsync(CancellationToken cancellationToken) =>
            await inner.AcceptAsync(cancellationToken).ConfigureAwait(false) is { } link ? meter.Pair(link, Role.Listener) : null;

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
