using Libp2p;

namespace Tincan.Chat;

/// <summary>Sends a direct message by the protocol that its receiver speaks: the workshop's, else that of universal-connectivity.</summary>
internal sealed class DirectSender(DirectChat workshop, UniversalDirect universal)
{
    /// <summary>How long a peer that has just connected may take to say what it speaks; after that the workshop's protocol is simply tried.</summary>
    private static readonly TimeSpan IdentifyPatience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan IdentifyPause = TimeSpan.FromMilliseconds(20);

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
        while (true)
        {
            var protocols = (await node.PeerStore.GetAsync(peer, cancellationToken).ConfigureAwait(false))?.Protocols ?? [];
            var now = node.TimeProvider.GetUtcNow();
            if (protocols.Count > 0 || !node.Connections.Any(c => c.RemotePeer == peer && now - c.OpenedAt < IdentifyPatience))
                return protocols;
            await Task.Delay(IdentifyPause, node.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
    }
}
