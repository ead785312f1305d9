using System.Net;

namespace Libp2p.Protocols.Gossipsub.Score;

/// <summary>How many peers share an address (P6).</summary>
internal sealed class ColocatedPeers(PeerScoreOptions options)
{
    /// <summary>The most addresses of one peer that count.</summary>
    public const int MaxAddresses = 8;

    private readonly Dictionary<AddressKey, int> _peers = [];

    /// <summary>How many addresses are known.</summary>
    public int Count => _peers.Count;

    /// <summary>The peer connects from here, too.</summary>
    public void Add(ScoredPeer peer, AddressKey address)
    {
        if (peer.Addresses.Count >= MaxAddresses || peer.Addresses.Contains(address) || IsAllowed(address))
            return;
        peer.Addresses.Add(address);
        _peers[address] = _peers.GetValueOrDefault(address) + 1;
    }

    /// <summary>The peer is to count no more.</summary>
    public void Remove(ScoredPeer peer)
    {
        foreach (var address in peer.Addresses)
        {
            var left = _peers[address] - 1;
            if (left == 0)
                _peers.Remove(address);
            else
                _peers[address] = left;
        }
        peer.Addresses.Clear();
    }

    /// <summary>The sum of the squares of how many peers too many are at each of the peer's addresses.</summary>
    public double SquaredSurplus(ScoredPeer peer)
    {
        double sum = 0;
        foreach (var address in peer.Addresses)
        {
            double surplus = _peers[address] - options.ColocationThreshold;
            if (surplus > 0)
                sum += surplus * surplus;
        }
        return sum;
    }

    private bool IsAllowed(AddressKey address)
    {
        foreach (var network in options.ColocationAllowList)
        {
            // A network that is narrower than what counts as one address lies in the address; any other contains it or not.
            if (network.Contains(address.First) || AddressKey.Of(network.BaseAddress) == address)
                return true;
        }
        return false;
    }
}
