using Libp2p.Negotiation;
using Microsoft.Extensions.Logging;

namespace Libp2p.Swarm;

/// <summary>
/// One bound port and who listens on it: accepts links and upgrades them side by side, so that a slow one blocks nobody. Where
/// several listen, a link's first bytes tell whose it is; waiting for them is a part of the upgrade, under its deadline and in
/// its place.
/// </summary>
internal sealed class SharedPort : IAsyncDisposable
{
    private readonly IListener<Link> _links;
    private readonly Upgrader _upgrader;
    private readonly InboundAdmission _admission;
    private readonly IConnectionGater _gater;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _accepting;
    private volatile UpgradingListener[] _listeners;

    /// <summary>Begins to accept.</summary>
    /// <param name="transport">Whose port it is.</param>
    /// <param name="links">The port.</param>
    /// <param name="first">The first who listens.</param>
    /// <param name="upgrader">Makes connections of links.</param>
    /// <param name="admission">Bounds upgrades.</param>
    /// <param name="gater">Is asked before them.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public SharedPort(
        ILinkTransport transport, IListener<Link> links, UpgradingListener first, Upgrader upgrader, InboundAdmission admission, IConnectionGater gater,
        TimeProvider time, ILogger logger)
    {
        Transport = transport;
        _links = links;
        _upgrader = upgrader;
        _admission = admission;
        _gater = gater;
        _time = time;
        _logger = logger;
        _listeners = [first];
        _accepting = AcceptLinksAsync();
    }

    /// <summary>Whose port it is.</summary>
    public ILinkTransport Transport { get; }

    /// <summary>As it is bound.</summary>
    public Multiaddress Address => _links.Address;

    /// <summary>Who listens. Only the table of ports changes it.</summary>
    public IReadOnlyList<UpgradingListener> Listeners
    {
        get => _listeners;
        set => _listeners = [.. value];
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        await _links.DisposeAsync().ConfigureAwait(false);
        await _accepting.ConfigureAwait(false);
    }

    private async Task AcceptLinksAsync()
    {
        try
        {
            while (await _links.AcceptAsync(_closing.Token).ConfigureAwait(false) is { } link)
            {
                var began = _time.GetTimestamp();
                if (!_gater.AllowAccept(link.RemoteAddress) || _admission.TryEnter(link.RemoteAddress) is not { } place)
                {
                    SwarmLog.AcceptRefused(_logger, link.RemoteAddress);
                    link.Abort();
                    continue;
                }
                _ = UpgradeAsync(link, place, began);
            }
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
            // Closing: nothing more is accepted.
        }
    }

    private async Task UpgradeAsync(Link accepted, InboundAdmission.Place place, long began)
    {
        using var _ = place;
        await using var onClosing = _closing.Token.UnsafeRegister(static l => ((Link)l!).Abort(), accepted).ConfigureAwait(false);
        try
        {
            var (listener, link) = await OpenAsync(accepted, place).ConfigureAwait(false);
            listener.Offer(await _upgrader.UpgradeAsync(link, Role.Listener, null, began, null, place.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            SwarmLog.UpgradeTimedOut(_logger, accepted.RemoteAddress, place.WasEvicted ? "another needed its place" : "it took too long");
        }
        catch (Libp2pException e)
        {
            SwarmLog.UpgradeFailed(_logger, accepted.RemoteAddress, e.Message);
        }
    }

    /// <summary>Finds whose link it is and opens what runs over it; where it throws, the link has been disposed.</summary>
    private async ValueTask<(UpgradingListener Listener, Link Link)> OpenAsync(Link accepted, InboundAdmission.Place place)
    {
        var listeners = _listeners;
        // A port with nobody beside reads no first bytes: there may be none to know a link by.
        if (listeners is [{ Claimant: null } only])
            return (only, accepted);
        await using var onCancel = place.Token.UnsafeRegister(static l => ((Link)l!).Abort(), accepted).ConfigureAwait(false);
        var link = accepted;
        try
        {
            var listener = await ClaimAsync(accepted, listeners, place.Token).ConfigureAwait(false);
            if (listener.Claimant is { } claimant)
                link = await claimant.AcceptAsync(accepted, place.Token).ConfigureAwait(false);
            if (AddressKey.Of(link.RemoteAddress) != AddressKey.Of(accepted.RemoteAddress)
                && !(_gater.AllowAccept(link.RemoteAddress) && _admission.TryMove(place, link.RemoteAddress)))
                throw new Libp2pException(Libp2pError.Refused, $"{link.RemoteAddress}, which a proxy told, comes too fast, or a gater denies it");
            return (listener, link);
        }
        catch (Exception e)
        {
            // Not aborted: an answer that refuses may still be on its way.
            await link.Input.CompleteAsync().ConfigureAwait(false);
            await link.DisposeAsync().ConfigureAwait(false);
            place.Token.ThrowIfCancellationRequested();
            if (e is Libp2pException)
                throw;
            throw new Libp2pException(Libp2pError.HandshakeFailed, $"the link could not be opened: {e.Message}", e);
        }
    }

    private static async ValueTask<UpgradingListener> ClaimAsync(Link link, UpgradingListener[] listeners, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await link.Input.ReadAsync(cancellationToken).ConfigureAwait(false);
            var first = read.Buffer.FirstSpan;
            var isUndecided = first.IsEmpty;
            UpgradingListener? claiming = null;
            foreach (var listener in first.IsEmpty ? [] : listeners)
            {
                var claim = listener.Claimant?.Claim(first) ?? MultistreamClaim(first);
                isUndecided |= claim == LinkClaim.Undecided;
                if (claim == LinkClaim.Yes)
                    claiming ??= listener;
            }
            link.Input.AdvanceTo(read.Buffer.Start, claiming is null ? read.Buffer.End : read.Buffer.Start);
            if (claiming is not null)
                return claiming;
            if (!isUndecided || read.IsCompleted)
                throw new Libp2pException(Libp2pError.NegotiationFailed, first.IsEmpty ? "the link ended without a byte" : "nobody who listens on this port knows a link that begins so");
        }
    }

    private static LinkClaim MultistreamClaim(ReadOnlySpan<byte> first) => first[0] == MultistreamCodec.HeaderLength ? LinkClaim.Yes : LinkClaim.No;
}
