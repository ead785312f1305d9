using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Libp2p;

public sealed partial class Multiaddress
{
    /// <summary>What reaches the address: this machine, its link, its network, or the internet.</summary>
    public AddressScope Scope => AddressScopes.Of(this);

    /// <summary>Writes an IP address and a port as a multiaddress.</summary>
    /// <param name="endPoint">The endpoint. An IPv4 address mapped into IPv6 is written as IPv4; a zone is written as an ip6zone.</param>
    /// <param name="transport"><see cref="MultiaddressProtocols.Tcp"/> or <see cref="MultiaddressProtocols.Udp"/>.</param>
    /// <exception cref="ArgumentException">The transport is another, or the endpoint is not of IP.</exception>
    public static Multiaddress FromEndPoint(IPEndPoint endPoint, MultiaddressProtocol transport)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        if (transport != MultiaddressProtocols.Tcp && transport != MultiaddressProtocols.Udp)
            throw new ArgumentException($"An endpoint is one of tcp or udp, not of {transport}.", nameof(transport));
        var address = endPoint.Address.IsIPv4MappedToIPv6 ? endPoint.Address.MapToIPv4() : endPoint.Address;
        var port = MultiaddressPart.Create(transport, endPoint.Port.ToString(CultureInfo.InvariantCulture));
        if (address.AddressFamily == AddressFamily.InterNetwork)
            return FromParts(MultiaddressPart.Create(MultiaddressProtocols.Ip4, address.ToString()), port);

        var ip6 = MultiaddressPart.Create(MultiaddressProtocols.Ip6, new IPAddress(address.GetAddressBytes()).ToString());
        if (address.ScopeId == 0)
            return FromParts(ip6, port);
        var zone = MultiaddressPart.Create(MultiaddressProtocols.Ip6Zone, address.ScopeId.ToString(CultureInfo.InvariantCulture));
        return FromParts(zone, ip6, port);
    }

    /// <summary>Reads the IP address, with its zone, and the port of tcp or udp that the address begins with.</summary>
    /// <returns>False where it begins otherwise, or where its zone is not an interface of this machine.</returns>
    public bool TryGetEndPoint([NotNullWhen(true)] out IPEndPoint? endPoint)
    {
        endPoint = null;
        var at = PartsArray[0].Protocol == MultiaddressProtocols.Ip6Zone ? 2 : 1;
        if (PartsArray.Length <= at || !TryGetIPAddress(out var address))
            return false;
        var transport = PartsArray[at];
        if (transport.Protocol != MultiaddressProtocols.Tcp && transport.Protocol != MultiaddressProtocols.Udp)
            return false;
        if (at == 2)
        {
            if (Zone(address, PartsArray[0].Value) is not { } zoned)
                return false;
            address = zoned;
        }

        endPoint = new(address, (transport.Bytes.Span[0] << 8) | transport.Bytes.Span[1]);
        return true;
    }

    /// <summary>The IP address that the address begins with, without its zone.</summary>
    internal bool TryGetIPAddress([NotNullWhen(true)] out IPAddress? address)
    {
        var part = PartsArray[0].Protocol == MultiaddressProtocols.Ip6Zone ? PartsArray[1] : PartsArray[0];
        var found = part.Protocol == MultiaddressProtocols.Ip4 || part.Protocol == MultiaddressProtocols.Ip6;
        address = found ? new(part.Bytes.Span) : null;
        return found;
    }

    static IPAddress? Zone(IPAddress address, string zone)
    {
        if (uint.TryParse(zone, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return new(address.GetAddressBytes(), number);

        // The framework's parser turns the name of an interface into its number, and one that it does not know into none.
        var isName = zone.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '@' or ':');
        return isName && IPAddress.TryParse($"{address}%{zone}", out var zoned) && zoned.ScopeId != 0 ? zoned : null;
    }
}
