using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Libp2p.Testing.Transports;

/// <summary>A layer over the links of a transport, alone on its ports, as a transport of links: so that a layer can run the suite of those.</summary>
/// <param name="carrier">The transport beneath.</param>
/// <param name="layer">What runs over it.</param>
public sealed class LayeredTransport(ILinkTransport carrier, ILinkLayer layer) : ILinkTransport
{
    /// <inheritdoc/>
    public bool Handles(Multiaddress address) => layer.Handles(address) && carrier.Handles(layer.GetCarrier(address));

    /// <inheritdoc/>
    public async ValueTask<Link> DialAsync(Multiaddress address, CancellationToken cancellationToken)
    {
        var link = await carrier.DialAsync(layer.GetCarrier(address), cancellationToken).ConfigureAwait(false);
        try
        {
            return await layer.DialAsync(link, address, hostName: null, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await link.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IListener<Link>> ListenAsync(Multiaddress address, CancellationToken cancellationToken)
    {
        try
        {
            var links = await carrier.ListenAsync(layer.GetCarrier(address), cancellationToken).ConfigureAwait(false);
            return new Listener(links, layer.Listen(address, links.Address));
        }
        catch (Libp2pException e) when (e.Error == Libp2pError.ListenFailed)
        {
            throw new Libp2pException(Libp2pError.ListenFailed, $"Cannot listen on {address}. {e.Message}", e);
        }
    }

    private sealed class Listener : IListener<Link>
    {
        private readonly Channel<Link> _open = Channel.CreateBounded<Link>(1024);
        private readonly IListener<Link> _links;
        private readonly ILinkClaimant _claimant;
        private readonly Task _accepting;
        private readonly ConcurrentDictionary<Link, Task> _opening = [];

        public Listener(IListener<Link> links, ILinkClaimant claimant)
        {
            _links = links;
            _claimant = claimant;
            _accepting = AcceptAsync();
        }

        public Multiaddress Address => _claimant.Address;

        public async ValueTask<Link?> AcceptAsync(CancellationToken cancellationToken)
        {
            while (!_accepting.IsCompleted && await _open.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                if (_open.Reader.TryRead(out var link))
                    return link;
            }
            return null;
        }

        public async ValueTask DisposeAsync()
        {
            await _links.DisposeAsync().ConfigureAwait(false);
            await _accepting.ConfigureAwait(false);
            foreach (var (link, opening) in _opening)
            {
                if (!opening.IsCompleted)
                    link.Abort();
                await opening.ConfigureAwait(false);
            }
            _open.Writer.TryComplete();
            while (_open.Reader.TryRead(out var link))
            {
                link.Abort();
                await link.DisposeAsync().ConfigureAwait(false);
            }
        }

        private async Task AcceptAsync()
        {
            while (await _links.AcceptAsync(CancellationToken.None).ConfigureAwait(false) is { } link)
                _opening[link] = OpenAsync(link);
        }

        private async Task OpenAsync(Link link)
        {
            try
            {
                var opened = await _claimant.AcceptAsync(link, CancellationToken.None).ConfigureAwait(false);
                if (!_open.Writer.TryWrite(opened))
                    await opened.DisposeAsync().ConfigureAwait(false);
            }
            catch (Exception e) when (e is Libp2pException or ObjectDisposedException)
            {
                // Whoever dialled is told by the end of the link.
                await link.Input.CompleteAsync().ConfigureAwait(false);
                await link.DisposeAsync().ConfigureAwait(false);
            }
        }
    }
}
