namespace Libp2p;

/// <summary>Finds the addresses of peers of whom none is known.</summary>
public interface IPeerRouting
{
    /// <summary>Looks a peer up; an empty list where nothing was found.</summary>
    ValueTask<IReadOnlyList<Multiaddress>> FindPeerAsync(PeerId peer, CancellationToken cancellationToken);
}
