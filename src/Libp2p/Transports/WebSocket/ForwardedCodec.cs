using System.Net;

namespace Libp2p.Transports.WebSocket;

/// <summary>Reads what proxies say of where a request comes from: <c>X-Forwarded-For</c>, and <c>Forwarded</c> of RFC 7239.</summary>
internal static class ForwardedCodec
{
    /// <summary>Hops that are read: more proxies than stand behind each other anywhere.</summary>
    public const int MaxHops = 16;

    /// <summary>Reads the hops, the one that was added last first. What follows one that is no address is not worth believing, so it ends there.</summary>
    public static IEnumerable<IPEndPoint> ReadBackwards(ForwardedHeader header, string value)
    {
        var rest = value;
        for (var hops = 0; hops < MaxHops; hops++)
        {
            var comma = rest.LastIndexOf(',');
            var hop = rest[(comma + 1)..].Trim(' ', '\t');
            if (header == ForwardedHeader.Forwarded)
                hop = ForParameter(hop);
            if (!TryReadNode(hop, out var endPoint))
                yield break;
            yield return endPoint;
            if (comma < 0)
                yield break;
            rest = rest[..comma];
        }
    }

    /// <summary>The <c>for</c> parameter of one element, without its quotes; empty where there is none.</summary>
    private static string ForParameter(string element)
    {
        foreach (var pair in element.Split(';'))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && pair.AsSpan(0, equals).Trim(" \t").Equals("for", StringComparison.OrdinalIgnoreCase))
            {
                var node = pair[(equals + 1)..].Trim(' ', '\t');
                return node is ['"', .. var inner, '"'] ? inner : node;
            }
        }
        return "";
    }

    /// <summary>Reads an address, perhaps with a port: an IPv6 address with one stands in brackets.</summary>
    private static bool TryReadNode(string node, out IPEndPoint endPoint)
    {
        endPoint = new IPEndPoint(IPAddress.None, 0);
        // A scope id would be of the proxy's machine, and the parser would ask this one for it.
        if (node.Length is 0 or > 64 || node.Contains('%', StringComparison.Ordinal))
            return false;
        if (node[0] == '[' || node.Count(c => c == ':') == 1)
        {
            if (!IPEndPoint.TryParse(node, out var parsed))
                return false;
            endPoint = parsed;
            return true;
        }
        if (!IPAddress.TryParse(node, out var address))
            return false;
        endPoint.Address = address;
        return true;
    }
}
