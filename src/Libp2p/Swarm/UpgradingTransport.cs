using Microsoft.Extensions.Logging;

namespace Libp2p.Swarm;

/// <summary>Makes a transport of a link transport: TCP never hears of upgrades.</summary>
internal sealed class UpgradingTransport(
    ILinkTransport links, Upgrader upgrader, InboundAdmission admission, IConnectionGater gater, TimeProvider time, ILogger logger) : ITransport
{
    public bool Handles(Multiaddress address) => links.Handles(address);

    public override string ToString() => links.ToString() ?? "";

    public async ValueTask<PeerConnection> DialAsync(Multiaddress address, PeerId? expectedPeer, IProgress<DialStage>? progress, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        progress?.Report(DialStage.Connect);
        var link = await links.DialAsync(address, cancellationToken).ConfigureAwait(false);
        return await upgrader.UpgradeAsync(link, Role.Dialer, expectedPeer, began, progress, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<IListener<PeerConnection>> ListenAsync(Multiaddress address, CancellationToken cancellationToken) =>
        new UpgradingListener(await links.ListenAsync(address, cancellationToken).ConfigureAwait(false), upgrader, admission, gater, time, logger);
}
