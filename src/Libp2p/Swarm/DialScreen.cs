using System.Diagnostics.CodeAnalysis;

namespace Libp2p.Swarm;

/// <summary>What is known of an address before anything is tried: whom it leads to, whether a transport takes it, whether the gater lets it pass.</summary>
internal sealed class DialScreen(IReadOnlyList<ITransport> transports, IConnectionGater? gater)
{
    /// <summary>The peer that the first address which names one leads to; null where none does.</summary>
    public static PeerId? NamedPeer(IReadOnlyList<Multiaddress> addresses)
    {
        foreach (var address in addresses)
        {
            if (TryGetPeer(address, out var peer))
                return peer;
        }
        return null;
    }

    /// <summary>The transport for an address; null where there is none.</summary>
    public ITransport? TransportFor(Multiaddress address) => transports.FirstOrDefault(t => t.Handles(address));

    /// <summary>The addresses without their peer, each with the reason where it cannot be tried.</summary>
    public IReadOnlyList<DialCandidate> Screen(PeerId? peer, IReadOnlyList<Multiaddress> addresses)
    {
        var candidates = new List<DialCandidate>(addresses.Count);
        foreach (var address in addresses)
            candidates.Add(Screen(peer, address));
        return candidates;
    }

    private DialCandidate Screen(PeerId? peer, Multiaddress address)
    {
        if (TryGetPeer(address, out var named) && peer is not null && named != peer)
            return Refuse(address, $"The address {address} is one of {named}, not of {peer} that was asked for.", Libp2pError.PeerIdMismatch);
        if (address.WithoutPeerId() is not { } way)
            return Refuse(address, "it names a peer, but no way to it", Libp2pError.UnsupportedAddress);
        if (TransportFor(way) is null)
            return Refuse(way, $"no transport takes such an address ({Offer()})", Libp2pError.UnsupportedAddress);
        return gater is null || gater.AllowDial(peer, way) ? new(way) : Refuse(way, "the connection gater does not allow it", Libp2pError.Refused);
    }

    private string Offer() => transports.Count == 0
        ? "there is none: add one, for example with UseTcp()"
        : $"there are: {string.Join(", ", transports.Select(Name))}";

    /// <summary>What a transport calls itself by <see cref="object.ToString"/>, else its type's name.</summary>
    internal static string Name(ITransport transport)
    {
        var type = transport.GetType();
        return transport.ToString() is { Length: > 0 } name && name != type.ToString() ? name : type.Name;
    }

    private static DialCandidate Refuse(Multiaddress address, string cause, Libp2pError error) =>
        new(address, new(address, DialStage.NotTried, cause, error, TimeSpan.Zero));

    private static bool TryGetPeer(Multiaddress address, [NotNullWhen(true)] out PeerId? peer)
    {
        peer = null;
        return address.TryGetPeerIdBytes(out var multihash) && PeerId.TryDecode(multihash.Span, out peer);
    }
}
