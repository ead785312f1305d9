namespace Libp2p.Protocols.Identify;

/// <summary>
/// Addresses as js-libp2p of 2020 knew them. It gives up a whole answer for one address with a protocol that it has no number
/// for, and then does not know what the peer speaks: so what it cannot read must not be in what it is told.
/// </summary>
internal static class AddressesOf2020
{
    /// <summary>Its muxer, which peers of today have beside better ones, if at all: nobody else is told addresses in this form.</summary>
    private static readonly ProtocolId Muxer = "/mplex/6.7.0";

    /// <summary>The protocols of its multiaddr 7.5 by their numbers, without memory, whose value was written otherwise then.</summary>
    private static readonly HashSet<int> Known =
    [
        4, 6, 33, 41, 42, 53, 54, 55, 56, 132, 273, 275, 276, 277, 290, 301, 302, 400, 421, 443, 444, 445, 446, 460, 477, 478, 479, 480,
    ];

    private static readonly MultiaddressPart Wss = MultiaddressPart.Create(MultiaddressProtocols.Wss);

    /// <summary>Whether the other end of a connection may be of 2020.</summary>
    public static bool MayBeOf2020(ConnectionInfo connection) => connection.Muxer == Muxer;

    /// <summary>Writes the addresses as they were written then; those that could not be written are left out.</summary>
    public static IEnumerable<Multiaddress> Write(IEnumerable<Multiaddress> addresses) =>
        addresses.Select(WithWss).Where(address => address.Parts.All(part => Known.Contains(part.Protocol.Code)));

    /// <summary><c>/tls/ws</c> was <c>/wss</c>.</summary>
    private static Multiaddress WithWss(Multiaddress address)
    {
        var parts = address.Parts;
        for (var i = 0; i + 1 < parts.Count; i++)
        {
            if (parts[i].Protocol == MultiaddressProtocols.Tls && parts[i + 1].Protocol == MultiaddressProtocols.Ws)
                return Multiaddress.FromParts([.. parts.Take(i), Wss, .. parts.Skip(i + 2)]);
        }
        return address;
    }
}
