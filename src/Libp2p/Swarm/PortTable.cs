using Microsoft.Extensions.Logging;

namespace Libp2p.Swarm;

/// <summary>The ports of a node. A layer that listens where something listens already shares the port with it.</summary>
#pragma warning disable CA1001 // A semaphore of whose wait handle nobody makes use has nothing to dispose.
internal sealed class PortTable(Upgrader upgrader, InboundAdmission admission, IConnectionGater gater, TimeProvider time, ILogger logger)
#pragma warning restore CA1001
{
    private readonly SemaphoreSlim _gate = new(1);
    private readonly List<SharedPort> _ports = [];

    /// <summary>Listens.</summary>
    /// <param name="transport">Whose links.</param>
    /// <param name="layer">What runs over them; null for nothing.</param>
    /// <param name="address">Where.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async ValueTask<IListener<PeerConnection>> ListenAsync(ILinkTransport transport, ILinkLayer? layer, Multiaddress address, CancellationToken cancellationToken)
    {
        var beneath = (layer?.GetCarrier(address) ?? address).WithoutPeerId() ?? address;
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_ports.Find(p => p.Transport == transport && p.Address == beneath) is { } port)
            {
                var another = Open(port.Address);
                // Two of one kind cannot share: the transport says that the address is in use.
                if (port.Listeners.All(l => l.Address != another.Address))
                {
                    port.Listeners = [.. port.Listeners, another];
                    return another;
                }
            }
            var links = await transport.ListenAsync(beneath, cancellationToken).ConfigureAwait(false);
            try
            {
                var first = Open(links.Address);
                _ports.Add(new SharedPort(transport, links, first, upgrader, admission, gater, time, logger));
                return first;
            }
            catch
            {
                await links.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }
        finally
        {
            _gate.Release();
        }

        UpgradingListener Open(Multiaddress bound)
        {
            var claimant = layer?.Listen(address, bound);
            return new UpgradingListener(claimant?.Address ?? bound, claimant, CloseAsync);
        }
    }

    /// <summary>A port is closed with the last who listens on it.</summary>
    private async ValueTask CloseAsync(UpgradingListener listener)
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            var port = _ports.Find(p => p.Listeners.Contains(listener))!;
            if (port.Listeners.Count > 1)
            {
                port.Listeners = [.. port.Listeners.Where(l => l != listener)];
                return;
            }
            _ports.Remove(port);
            await port.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }
}
