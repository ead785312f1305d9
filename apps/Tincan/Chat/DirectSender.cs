using Libp2p;

namespace Tincan.Chat;

/// <summary>Sends a direct message by the protocol that its receiver speaks: the workshop's, else that of universal-connectivity.</summary>
internal sealed class DirectSender(DirectChat workshop, UniversalDirect universal)
{
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
        var info = await node.PeerStore.GetAsync(peer, cancellationToken).ConfigureAwait(false);
        if (info is null || info.Protocols.Contains(DirectChat.Protocol) || !info.Protocols.Contains(UniversalDirect.Protocol))
            return await workshop.SendAsync(peer, text, cancellationToken).ConfigureAwait(false);
        await universal.SendAsync(peer, text, cancellationToken).ConfigureAwait(false);
        return null;
    }
}
