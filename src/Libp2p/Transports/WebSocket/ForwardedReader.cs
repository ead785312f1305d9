using System.Net;

namespace Libp2p.Transports.WebSocket;

/// <summary>Tells where a link comes from that came through proxies, as far as they are trusted.</summary>
internal sealed class ForwardedReader(ForwardedHeader header, IReadOnlyList<IPNetwork> trusted)
{
    /// <summary>The address of the sender: the carrier's, or where a trusted proxy sent it, the last one before the trusted ones.</summary>
    public Multiaddress Read(Multiaddress carrier, HttpUpgradeRequest request)
    {
        var told = header == ForwardedHeader.Forwarded ? request.Forwarded : request.XForwardedFor;
        if (told is null || !carrier.TryGetEndPoint(out var sender) || !IsTrusted(sender.Address))
            return carrier;
        foreach (var hop in ForwardedCodec.ReadBackwards(header, told))
        {
            sender = hop;
            if (!IsTrusted(hop.Address))
                break;
        }
        return Multiaddress.FromEndPoint(sender, MultiaddressProtocols.Tcp);
    }

    private bool IsTrusted(IPAddress address)
    {
        var ip = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return trusted.Any(network => network.Contains(ip));
    }
}
