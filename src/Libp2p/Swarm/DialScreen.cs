using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Libp2p.Swarm;

/// <summary>What is known of an address before anything is tried: whom it leads to, whether a transport takes it, whether the gater lets it pass.</summary>
/// <param name="transports">The transports; the first that handles an address dials it.</param>
/// <param name="gater">Asked for each address; null where all may be dialled.</param>
/// <param name="allowPrivateByName">Whether a public name may lead to an address that is not public.</param>
internal sealed class DialScreen(IReadOnlyList<ITransport> transports, IConnectionGater? gater, bool allowPrivateByName = false)
{
    private static readonly IPAddress[] AnyHost = [IPAddress.Any, IPAddress.IPv6Any];

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

    /// <summary>The addresses that a name gave, likewise.</summary>
    public IReadOnlyList<DialCandidate> Screen(PeerId? peer, Multiaddress name, IReadOnlyList<ResolvedAddress> found)
    {
        var candidates = new List<DialCandidate>(found.Count);
        foreach (var resolved in found)
        {
            var address = resolved.Address;
            var candidate = Screen(peer, address);
            if (candidate.Refusal is null && resolved.FromPublicName && !allowPrivateByName && address.Scope is not (AddressScope.Public or AddressScope.Unknown))
                candidate = Refuse(candidate.Address, "a public name gave it, but it is none of the internet's: whoever holds the name may mean a machine beside this one", Libp2pError.Refused);
            candidates.Add(candidate with { ResolvedFrom = name, HostName = resolved.HostName });
        }
        return candidates;
    }

    private DialCandidate Screen(PeerId? peer, Multiaddress address)
    {
        if (TryGetPeer(address, out var named) && peer is not null && named != peer)
            return Refuse(address, $"The address {address} is one of {named}, not of {peer} that was asked for.", Libp2pError.PeerIdMismatch);
        if (address.WithoutPeerId() is not { } way)
            return Refuse(address, "it names a peer, but no way to it", Libp2pError.UnsupportedAddress);
        if (!HasTransport(way))
            return Refuse(way, $"no transport takes such an address ({Offer()})", Libp2pError.UnsupportedAddress);
        if (gater is not null && !gater.AllowDial(peer, way))
            return Refuse(way, "the connection gater does not allow it", Libp2pError.Refused);

        // A link tells the addresses of many peers apart by the peer that stands behind it.
        var target = AddressNames.IsLink(way) && (peer ?? named) is { } wanted ? way.Encapsulate(Multiaddress.Parse($"/p2p/{wanted}")) : way;
        return new(target) { Peer = named };
    }

    /// <summary>Whether what an address leads to can be dialled, as far as it tells.</summary>
    private bool HasTransport(Multiaddress way) =>
        !AddressResolver.NeedsResolving(way) ? TransportFor(way) is not null
        : AddressNames.IsLink(way) || AnyHost.Any(ip => AddressNames.Replace(way, ip) is { } shape && TransportFor(shape) is not null);

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
