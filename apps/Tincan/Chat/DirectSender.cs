using Libp2p;

namespace Tincan.Chat;

/// <summary>Sends a direct message by the protocol that its receiver speaks: the workshop's, else that of universal-connectivity.</summary>
internal sealed class DirectSender(DirectChat workshop, UniversalDirect universal)
{
    /// <summary>How long a peer that has just connected may take to say what it speaks; after that the workshop's protocol is simply tried.</summary>
    private static readonly TimeSpan IdentifyPatience = TimeSpan.FromSeconds(5);

    /// <summary>Whether a peer says that it takes direct messages; null while it has not said what it speaks.</summary>
    public static async ValueTask<bool?> TakesMessagesAsync(INode node, PeerId peer, CancellationToken cancellationToken)
    {
        var info = await node.PeerStore.GetAsync(peer, cancellationToken).ConfigureAwait(false);
        return info is null || info.Protocols.Count == 0
            ? null
            : info.Protocols.Contains(DirectChat.Protocol) || info.Protocols.Contains(UniversalDirect.Protocol);
    }

    /// <summary>Sends a message and waits until the peer has taken it.</summary>
    /// <returns>What it answered; null where it did not.</returns>
    /// <exception cref="Libp2pException">It was not sent, or it is not known whether it was.</exception>
    public async ValueTask<string?> SendAsync(INode node, PeerId peer, string text, CancellationToken cancellationToken)
    {
        var protocols = await FindProtocolsAsync(node, peer, cancellationToken).ConfigureAwait(false);
        if (protocols.Contains(DirectChat.Protocol) || !protocols.Contains(UniversalDirect.Protocol))
            return await workshop.SendAsync(peer, text, cancellationToken).ConfigureAwait(false);
        await universal.SendAsync(peer, text, cancellationToken).ConfigureAwait(false);
        return null;
    }

    private static async ValueTask<IReadOnlyList<ProtocolId>> FindProtocolsAsync(INode node, PeerId peer, CancellationToken cancellationToken)
    {
        if (await ReadAsync().ConfigureAwait(false) is { Count: > 0 } known)
            return known;
        var opened = node.Connections.Where(c => c.RemotePeer == peer).Select(c => c.OpenedAt).DefaultIfEmpty(DateTimeOffset.MinValue).Max();
        var patience = opened + IdentifyPatience - node.TimeProvider.GetUtcNow();
        if (patience <= TimeSpan.Zero)
            return [];
        using var deadline = new CancellationTokenSource(patience, node.TimeProvider);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            var events = node.WatchAsync(stop.Token);
            // It may have said so before this watch began.
            if (await ReadAsync().ConfigureAwait(false) is { Count: > 0 } told)
                return told;
            await foreach (var nodeEvent in events.ConfigureAwait(false))
            {
                if (nodeEvent is PeerIdentified identified && identified.Peer == peer)
                    return identified.Info.Protocols;
                if (nodeEvent is PeerDisconnected gone && gone.Peer == peer)
                    return [];
                if (nodeEvent is EventsMissed && await ReadAsync().ConfigureAwait(false) is { Count: > 0 } missed)
                    return missed;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // It has not said so in time.
        }
        return [];

        async ValueTask<IReadOnlyList<ProtocolId>> ReadAsync() => (await node.PeerStore.GetAsync(peer, cancellationToken).ConfigureAwait(false))?.Protocols ?? [];
    }
}
