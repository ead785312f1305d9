using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Libp2p.Swarm;

/// <summary>Accepts links and upgrades them side by side, so that a slow handshake blocks nobody; gives those that are done.</summary>
internal sealed class UpgradingListener : IListener<PeerConnection>
{
    private readonly IListener<Link> _links;
    private readonly Upgrader _upgrader;
    private readonly InboundAdmission _admission;
    private readonly IConnectionGater _gater;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    // Whoever ends an upgrade also admits its connection, if the one who accepts is waiting: that saves a change of threads.
    private readonly Channel<PeerConnection> _upgraded = Channel.CreateBounded<PeerConnection>(
        new BoundedChannelOptions(64) { AllowSynchronousContinuations = true });
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _accepting;

    public UpgradingListener(
        IListener<Link> links, Upgrader upgrader, InboundAdmission admission, IConnectionGater gater, TimeProvider time, ILogger logger)
    {
        _links = links;
        _upgrader = upgrader;
        _admission = admission;
        _gater = gater;
        _time = time;
        _logger = logger;
        _accepting = AcceptLinksAsync();
    }

    public Multiaddress Address => _links.Address;

    public async ValueTask<PeerConnection?> AcceptAsync(CancellationToken cancellationToken)
    {
        while (await _upgraded.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (_upgraded.Reader.TryRead(out var connection))
                return connection;
        }
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        await _links.DisposeAsync().ConfigureAwait(false);
        await _accepting.ConfigureAwait(false);
        _upgraded.Writer.TryComplete();
        while (_upgraded.Reader.TryRead(out var connection))
            connection.Abort(new CloseReason(CloseCode.Shutdown));
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

    private async Task UpgradeAsync(Link link, InboundAdmission.Place place, long began)
    {
        using var _ = place;
        await using var onClosing = _closing.Token.UnsafeRegister(static l => ((Link)l!).Abort(), link).ConfigureAwait(false);
        try
        {
            var connection = await _upgrader.UpgradeAsync(link, Role.Listener, null, began, null, place.Token).ConfigureAwait(false);
            if (!_upgraded.Writer.TryWrite(connection))
                connection.Abort(new CloseReason(CloseCode.LimitReached, "too many new connections wait to be admitted"));
        }
        catch (OperationCanceledException)
        {
            SwarmLog.UpgradeTimedOut(_logger, link.RemoteAddress, place.WasEvicted ? "another needed its place" : "it took too long");
        }
        catch (Libp2pException e)
        {
            SwarmLog.UpgradeFailed(_logger, link.RemoteAddress, e.Message);
        }
    }
}
