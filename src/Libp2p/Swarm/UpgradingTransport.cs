namespace Libp2p.Swarm;

/// <summary>Makes a transport of a link transport, and of a layer over it: TCP never hears of upgrades, nor of what runs over it.</summary>
internal sealed class UpgradingTransport(ILinkTransport links, ILinkLayer? layer, Upgrader upgrader, PortTable ports, TimeProvider time) : ITransport
{
    public bool Handles(Multiaddress address) => layer is null ? links.Handles(address) : layer.Handles(address) && links.Handles(layer.GetCarrier(address));

    public override string ToString() => (layer ?? (object)links).ToString() ?? "";

    public ValueTask<PeerConnection> DialAsync(Multiaddress address, PeerId? expectedPeer, IProgress<DialStage>? progress, CancellationToken cancellationToken) =>
        DialAsync(address, null, expectedPeer, progress, cancellationToken);

    public async ValueTask<PeerConnection> DialAsync(
        Multiaddress address, string? hostName, PeerId? expectedPeer, IProgress<DialStage>? progress, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        progress?.Report(DialStage.Connect);
        var link = await ConnectAsync(address, hostName, cancellationToken).ConfigureAwait(false);
        try
        {
            return await upgrader.UpgradeAsync(link, Role.Dialer, expectedPeer, began, progress, cancellationToken).ConfigureAwait(false);
        }
        catch (ProposalRefusedException)
        {
            // The rare peer that lacks our first choice costs a second link; all others are spared a round trip.
            progress?.Report(DialStage.Connect);
            link = await ConnectAsync(address, hostName, cancellationToken).ConfigureAwait(false);
            return await upgrader.UpgradeAsync(link, Role.Dialer, expectedPeer, began, progress, cancellationToken, waitsForAnswers: true).ConfigureAwait(false);
        }
    }

    public ValueTask<IListener<PeerConnection>> ListenAsync(Multiaddress address, CancellationToken cancellationToken) =>
        ports.ListenAsync(links, layer, address, cancellationToken);

    private async ValueTask<Link> ConnectAsync(Multiaddress address, string? hostName, CancellationToken cancellationToken)
    {
        var link = await links.DialAsync(layer?.GetCarrier(address) ?? address, cancellationToken).ConfigureAwait(false);
        return layer is null ? link : await OpenAsync(layer, link, address, hostName, cancellationToken).ConfigureAwait(false);
    }

    private static async ValueTask<Link> OpenAsync(ILinkLayer layer, Link carrier, Multiaddress address, string? hostName, CancellationToken cancellationToken)
    {
        await using var onCancel = cancellationToken.UnsafeRegister(static l => ((Link)l!).Abort(), carrier).ConfigureAwait(false);
        try
        {
            return await layer.DialAsync(carrier, address, hostName, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await Upgrader.DiscardAsync(carrier).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            throw;
        }
    }
}
