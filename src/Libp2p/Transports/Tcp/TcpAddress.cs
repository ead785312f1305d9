using System.Net;
using System.Net.Sockets;

namespace Libp2p.Transports.Tcp;

/// <summary>What a TCP multiaddress says: <c>/ip4|ip6|dns|dns4|dns6/…/tcp/…</c>, and nothing after it but a peer id.</summary>
internal static class TcpAddress
{
    public static bool IsTcp(Multiaddress address)
    {
        var parts = address.Parts;
        var host = parts.Count > 0 && parts[0].Protocol == MultiaddressProtocols.Ip6Zone ? 1 : 0;
        if (parts.Count < host + 2 || !IsHost(parts[host].Protocol) || parts[host + 1].Protocol != MultiaddressProtocols.Tcp)
            return false;
        return parts.Count == host + 2 || (parts.Count == host + 3 && parts[host + 2].Protocol == MultiaddressProtocols.P2p);
    }

    /// <summary>The end points that an address names: one for an IP address, what the system resolves for a name.</summary>
    /// <exception cref="Libp2pException">The name does not resolve.</exception>
    public static async ValueTask<IReadOnlyList<IPEndPoint>> ResolveAsync(Multiaddress address, CancellationToken cancellationToken)
    {
        if (address.TryGetEndPoint(out var endPoint))
            return [endPoint];
        var (name, port) = (address.Parts[0], int.Parse(address.Parts[1].Value, System.Globalization.CultureInfo.InvariantCulture));
        var family = name.Protocol == MultiaddressProtocols.Dns4 ? AddressFamily.InterNetwork
            : name.Protocol == MultiaddressProtocols.Dns6 ? AddressFamily.InterNetworkV6
            : AddressFamily.Unspecified;
        try
        {
            var found = await Dns.GetHostAddressesAsync(name.Value, family, cancellationToken).ConfigureAwait(false);
            return [.. found.Take(MaxResolved).Select(ip => new IPEndPoint(ip, port))];
        }
        catch (SocketException e)
        {
            throw new Libp2pException(Libp2pError.Unreachable, $"the name {name.Value} does not resolve: check its spelling and this machine's DNS", e);
        }
    }

    /// <summary>Addresses of one name that are tried.</summary>
    private const int MaxResolved = 16;

    private static bool IsHost(MultiaddressProtocol protocol) =>
        protocol == MultiaddressProtocols.Ip4 || protocol == MultiaddressProtocols.Ip6
        || protocol == MultiaddressProtocols.Dns || protocol == MultiaddressProtocols.Dns4 || protocol == MultiaddressProtocols.Dns6;
}
