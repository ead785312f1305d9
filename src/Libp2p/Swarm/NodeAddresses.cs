using System.Net;
using System.Net.Sockets;

namespace Libp2p.Swarm;

/// <summary>
/// The addresses that a node tells others: what it listens on with wildcards resolved to the interfaces' own, what it was
/// told to announce, and what others have found it at.
/// </summary>
internal sealed class NodeAddresses(PeerId self, IReadOnlyList<Multiaddress> announce, IReadOnlyList<Multiaddress> append, HostNetwork network)
{
    /// <summary>Addresses told at most: others drop lists that are much longer.</summary>
    private const int MaxAddresses = 64;

    private readonly Lock _gate = new();
    private readonly List<Multiaddress> _listen = [];
    private readonly List<Multiaddress> _confirmed = [];
    private IReadOnlyList<Multiaddress> _all = [];

    /// <summary>Told when <see cref="All"/> has changed.</summary>
    public event Action? Changed;

    /// <summary>As bound.</summary>
    public IReadOnlyList<Multiaddress> Listen
    {
        get
        {
            lock (_gate)
                return [.. _listen];
        }
    }

    /// <summary>As told to others, each with this node's peer id.</summary>
    public IReadOnlyList<Multiaddress> All => Volatile.Read(ref _all);

    public void AddListen(Multiaddress address) => Change(() => _listen.Add(address));

    public void RemoveListen(Multiaddress address) => Change(() => _listen.Remove(address));

    public void Confirm(Multiaddress address) => Change(() =>
    {
        var bare = address.WithoutPeerId() ?? address;
        if (!_confirmed.Contains(bare))
            _confirmed.Add(bare);
    });

    public void Retract(Multiaddress address) => Change(() => _confirmed.Remove(address.WithoutPeerId() ?? address));

    /// <summary>Resolves wildcards anew.</summary>
    public void Refresh() => Change(static () => { });

    private void Change(Action change)
    {
        lock (_gate)
        {
            change();
            var basis = announce.Count > 0 ? announce : _listen.SelectMany(Expand);
            Multiaddress[] all = [.. basis.Concat(append).Concat(_confirmed).Select(Named).Distinct().Take(MaxAddresses)];
            if (all.SequenceEqual(_all))
                return;
            Volatile.Write(ref _all, all);
        }
        Changed?.Invoke();
    }

    /// <summary>An address that ends with a path, which nothing may follow, stays without the peer id.</summary>
    private Multiaddress Named(Multiaddress address) => address.Parts[^1].Protocol.IsPath ? address : address.WithPeerId(self);

    private IEnumerable<Multiaddress> Expand(Multiaddress address)
    {
        if (!address.TryGetEndPoint(out var endPoint) || !(endPoint.Address.Equals(IPAddress.Any) || endPoint.Address.Equals(IPAddress.IPv6Any)))
            return [address];
        // The same address with each interface's own host in the place of the wildcard; what follows (tcp, ws, …) stays.
        return network.Addresses.Where(ip => ip.AddressFamily == endPoint.AddressFamily).Select(ip => WithHost(address, ip));
    }

    private static Multiaddress WithHost(Multiaddress address, IPAddress ip)
    {
        var host = MultiaddressPart.Create(ip.AddressFamily == AddressFamily.InterNetwork ? MultiaddressProtocols.Ip4 : MultiaddressProtocols.Ip6, ip.ToString());
        return Multiaddress.FromParts([host, .. address.Parts.Skip(1)]);
    }
}
