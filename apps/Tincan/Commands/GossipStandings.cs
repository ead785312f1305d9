using Libp2p;
using Libp2p.Protocols.Gossipsub;
using Tincan.Chat;

namespace Tincan.Commands;

/// <summary>What gossipsub holds of each peer, as the chat shows it.</summary>
internal static class GossipStandings
{
    /// <summary>Whether nothing waits to be sent to a peer.</summary>
    public static bool IsAllSent(GossipsubService pubsub) => pubsub.Inspect().Peers.All(p => p.QueuedMessages == 0);

    /// <summary>Takes it from a service, as it is now.</summary>
    public static IReadOnlyDictionary<PeerId, PeerStanding> Of(GossipsubService pubsub) =>
        pubsub.Inspect().Peers.ToDictionary(p => p.Peer, p => new PeerStanding(p.Meshes, p.Score.Score));
}
