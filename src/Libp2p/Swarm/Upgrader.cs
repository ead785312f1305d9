using Libp2p.Diagnostics;
using Libp2p.Negotiation;

namespace Libp2p.Swarm;

/// <summary>
/// Turns a link into a connection: security negotiated, handshake, the peer compared, muxer. The first security protocol is
/// proposed without waiting, which saves a round trip; the caller holds the one deadline over all of it.
/// </summary>
internal sealed class Upgrader
{
    private static long _lastId;

    private readonly Identity _identity;
    private readonly IReadOnlyList<ISecurityProtocol> _security;
    private readonly IReadOnlyList<IMuxerProtocol> _muxers;
    private readonly ProtocolId[] _securityIds;
    private readonly ProtocolId[] _muxerIds;
    private readonly TimeProvider _time;
    private readonly ILinkProtector? _protector;

    public Upgrader(
        Identity identity, IReadOnlyList<ISecurityProtocol> security, IReadOnlyList<IMuxerProtocol> muxers, TimeProvider time, ILinkProtector? protector = null)
    {
        _protector = protector;
        _identity = identity;
        _security = security;
        _muxers = muxers;
        _securityIds = [.. security.Select(s => s.Id)];
        _muxerIds = [.. muxers.Select(m => m.Id)];
        _time = time;
    }

    /// <summary>Upgrades a link, which belongs to the connection afterwards; where it throws, the link has been disposed.</summary>
    /// <param name="link">The link.</param>
    /// <param name="role">Which side dialled.</param>
    /// <param name="expectedPeer">Who must answer.</param>
    /// <param name="began">When the dial or the accept began: a time stamp of the clock.</param>
    /// <param name="progress">Told which stage begins.</param>
    /// <param name="cancellationToken">The deadline.</param>
    /// <param name="waitsForAnswers">As the dialler: proposes one security protocol after the other and waits for each answer.</param>
    /// <exception cref="ProposalRefusedException">The first one was not taken, and there are others: on a new link, wait for the answers.</exception>
    public async ValueTask<PeerConnection> UpgradeAsync(
        Link link, Role role, PeerId? expectedPeer, long began, IProgress<DialStage>? progress, CancellationToken cancellationToken, bool waitsForAnswers = false)
    {
        using var activity = NodeActivities.StartUpgrade(link, role);
        // A read or a write that ignores the token ends with the link.
        await using var onCancel = cancellationToken.UnsafeRegister(static l => ((Link)l!).Abort(), link).ConfigureAwait(false);
        var outermost = link;
        try
        {
            progress?.Report(DialStage.Secure);
            var secure = await ProtectAndSecureAsync(link, role, expectedPeer, waitsForAnswers, cancellationToken).ConfigureAwait(false);
            outermost = secure;
            if (expectedPeer is not null && secure.RemotePeer != expectedPeer)
                throw new PeerIdMismatchException(expectedPeer, secure.RemotePeer);
            if (secure.RemotePeer == _identity.PeerId)
                throw new Libp2pException(Libp2pError.Refused, "the address is this node's own");
            progress?.Report(DialStage.Multiplex);
            var (muxer, attached) = await MultiplexAsync(secure, role, cancellationToken).ConfigureAwait(false);
            var info = Describe(secure, muxer, role, began, waitsForAnswers);
            NodeActivities.Succeed(activity, info);
            return new UpgradedConnection(attached, link, info);
        }
        catch (Exception e)
        {
            await DiscardAsync(outermost).ConfigureAwait(false);
            NodeActivities.Fail(activity, e);
            cancellationToken.ThrowIfCancellationRequested();
            if (e is Libp2pException)
                throw;
            throw new Libp2pException(Libp2pError.HandshakeFailed, $"the upgrade failed: {e.Message}", e);
        }
    }

    /// <summary>Ends a link that nobody uses any more: what half an upgrade left in its buffers goes back to the pool.</summary>
    public static async ValueTask DiscardAsync(Link link)
    {
        link.Abort();
        await link.Input.CompleteAsync().ConfigureAwait(false);
        await link.Output.CompleteAsync().ConfigureAwait(false);
        await link.DisposeAsync().ConfigureAwait(false);
    }

    private async ValueTask<SecureLink> SecureAsync(Link link, Role role, PeerId? expectedPeer, bool waitsForAnswers, CancellationToken cancellationToken)
    {
        var context = new HandshakeContext(_identity, role, expectedPeer, _muxerIds);
        if (role == Role.Dialer && !waitsForAnswers)
            return await ProposeAndSecureAsync(link, context, cancellationToken).ConfigureAwait(false);
        var chosen = role == Role.Dialer
            ? await SelectAsync(link, _securityIds, cancellationToken).ConfigureAwait(false)
            : (await MultistreamSelect.AnswerAsync(link, _securityIds.Contains, () => _securityIds, cancellationToken).ConfigureAwait(false)).Protocol;
        return await _security[Array.IndexOf(_securityIds, chosen)].SecureAsync(link, context, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The handshake of the first protocol follows its proposal at once: a refusal spoils the link, for the other side has read it as negotiation.</summary>
    private async ValueTask<SecureLink> ProposeAndSecureAsync(Link link, HandshakeContext context, CancellationToken cancellationToken)
    {
        var proposed = new ProposedLink(link, _securityIds[0]);
        try
        {
            return await _security[0].SecureAsync(proposed, context, cancellationToken).ConfigureAwait(false);
        }
        catch (Libp2pException e) when (_security.Count > 1 && !proposed.IsTaken && e.Error is (Libp2pError.NegotiationFailed or Libp2pError.HandshakeFailed))
        {
            // A link that is lost before the answer counts as one: the reset may have overtaken the refusal.
            throw new ProposalRefusedException(e.Message, e);
        }
    }

    /// <summary>Proposes one after the other; where all are refused, asks what would not be, so that the failure can say it.</summary>
    private static async ValueTask<ProtocolId> SelectAsync(Link link, ProtocolId[] ids, CancellationToken cancellationToken) =>
        await MultistreamSelect.TrySelectAsync(link, ids, cancellationToken).ConfigureAwait(false)
        ?? throw MultistreamSelect.Refused(ids, await MultistreamSelect.AskAsync(link, cancellationToken).ConfigureAwait(false));

    /// <summary>What the dialler waited for: the proposals of security whose answers it waited for; the handshake; the muxer unless it was agreed on within.</summary>
    private int CountRoundTrips(SecureLink link, ProtocolId muxer, bool waitsForAnswers) =>
        (waitsForAnswers ? Array.IndexOf(_securityIds, link.Security) + 1 : 0)
        + link.HandshakeRoundTrips
        + (link.EarlyMuxer is not null ? 0 : Array.IndexOf(_muxerIds, muxer) + 1);

    /// <summary>Guards a link, where this node is in a private network, and secures it.</summary>
    private async ValueTask<SecureLink> ProtectAndSecureAsync(Link link, Role role, PeerId? expectedPeer, bool waitsForAnswers, CancellationToken cancellationToken)
    {
        if (_protector is null)
            return await SecureAsync(link, role, expectedPeer, waitsForAnswers, cancellationToken).ConfigureAwait(false);
        link = await _protector.ProtectAsync(link, role, cancellationToken).ConfigureAwait(false);
        try
        {
            return await SecureAsync(link, role, expectedPeer, waitsForAnswers, cancellationToken).ConfigureAwait(false);
        }
        catch (Libp2pException e) when (e.Error == Libp2pError.NegotiationFailed && e is not ProposalRefusedException)
        {
            // The first that is read behind the guard: what another key made of it.
            throw new Libp2pException(Libp2pError.HandshakeFailed, $"the peer has another key than this node's private network, or none: {e.Message}", e);
        }
    }

    private async ValueTask<(ProtocolId Id, IMuxer Muxer)> MultiplexAsync(SecureLink link, Role role, CancellationToken cancellationToken)
    {
        var chosen = link.EarlyMuxer ?? (role == Role.Listener
            ? (await MultistreamSelect.AnswerAsync(link, _muxerIds.Contains, () => _muxerIds, cancellationToken).ConfigureAwait(false)).Protocol
            : await SelectAsync(link, _muxerIds, cancellationToken).ConfigureAwait(false));
        // Whatever the handshake or the negotiation left unflushed must not wait for the first stream.
        if (role == Role.Listener || link.EarlyMuxer is null)
            await link.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
        return (chosen, _muxers[Array.IndexOf(_muxerIds, chosen)].Attach(link, role));
    }

    private ConnectionInfo Describe(SecureLink link, ProtocolId muxer, Role role, long began, bool waitsForAnswers) => new()
    {
        Id = Interlocked.Increment(ref _lastId),
        RemotePeer = link.RemotePeer,
        RemoteKey = link.RemoteKey,
        Role = role,
        LocalAddress = link.LocalAddress,
        RemoteAddress = link.RemoteAddress,
        Security = link.Security,
        Muxer = muxer,
        EarlyMuxer = link.EarlyMuxer is not null,
        RoundTrips = role == Role.Dialer ? CountRoundTrips(link, muxer, waitsForAnswers) : null,
        OpenedAt = _time.GetUtcNow(),
        HandshakeTime = _time.GetElapsedTime(began),
    };
}
