namespace Libp2p.Transports.Tcp;

/// <summary>What a TCP multiaddress says: <c>/ip4|ip6/…/tcp/…</c>, and nothing after it but a peer id.</summary>
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

    private static bool IsHost(MultiaddressProtocol protocol) => protocol == MultiaddressProtocols.Ip4 || protocol == MultiaddressProtocols.Ip6;
}
