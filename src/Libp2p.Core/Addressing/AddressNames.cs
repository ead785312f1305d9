using System.Net;
using System.Net.Sockets;

namespace Libp2p;

/// <summary>What an address that begins with a name says, and what comes of it (addressing, "IP and Name Resolution").</summary>
internal static class AddressNames
{
    private const string TextPrefix = "dnsaddr=";

    // RFC 6761, RFC 6762, RFC 8375, and the top-level name that ICANN keeps for private use.
    private static readonly string[] LocalDomains = ["localhost", "local", "home.arpa", "internal", "test"];

    /// <summary>True where the address must be resolved before it is dialled. The way to a relay is a dial of its own, which resolves its name.</summary>
    public static bool NeedsResolving(Multiaddress address) =>
        (IsLink(address) || IsHost(address.Parts[0].Protocol)) && !address.Contains(MultiaddressProtocols.P2pCircuit);

    /// <summary>True for <c>/dnsaddr/…</c>.</summary>
    public static bool IsLink(Multiaddress address) => address.Parts[0].Protocol == MultiaddressProtocols.DnsAddr;

    /// <summary>The kind of addresses that the name which an address begins with stands for.</summary>
    public static AddressFamily Family(Multiaddress address) =>
        address.Parts[0].Protocol == MultiaddressProtocols.Dns4 ? AddressFamily.InterNetwork
        : address.Parts[0].Protocol == MultiaddressProtocols.Dns6 ? AddressFamily.InterNetworkV6
        : AddressFamily.Unspecified;

    /// <summary>True for a name that nobody can register on the internet: it means this machine, or its network.</summary>
    public static bool IsOfLocalUse(string name)
    {
        var trimmed = name.AsSpan().TrimEnd('.');
        if (!trimmed.Contains('.'))
            return true;
        foreach (var domain in LocalDomains)
        {
            if (trimmed.EndsWith(domain, StringComparison.OrdinalIgnoreCase) && trimmed[^(domain.Length + 1)] == '.')
                return true;
        }
        return false;
    }

    /// <summary>
    /// An address with the name at its head replaced. Where TLS follows and says no name itself, the name goes there: what
    /// comes out needs no name beside it, be it dialled, kept or passed on.
    /// </summary>
    /// <returns>Null where the result is longer than an address may be.</returns>
    public static Multiaddress? Replace(Multiaddress address, IPAddress ip)
    {
        var parts = address.Parts;
        var name = parts[0].Value.TrimEnd('.');
        var protocol = ip.AddressFamily == AddressFamily.InterNetwork ? MultiaddressProtocols.Ip4 : MultiaddressProtocols.Ip6;
        List<MultiaddressPart> replaced = [MultiaddressPart.Create(protocol, ip.AddressFamily == AddressFamily.InterNetwork ? ip.ToString() : new IPAddress(ip.GetAddressBytes()).ToString())];
        var saysName = IPAddress.TryParse(name, out _);
        for (var i = 1; i < parts.Count; i++)
        {
            var isSecureWeb = parts[i].Protocol == MultiaddressProtocols.Wss;
            if (saysName || (!isSecureWeb && parts[i].Protocol != MultiaddressProtocols.Tls))
            {
                replaced.Add(parts[i]);
                continue;
            }
            saysName = true;
            replaced.Add(MultiaddressPart.Create(MultiaddressProtocols.Tls));
            if (i + 1 == parts.Count || parts[i + 1].Protocol != MultiaddressProtocols.Sni)
                replaced.Add(MultiaddressPart.Create(MultiaddressProtocols.Sni, name));
            if (isSecureWeb)
                replaced.Add(MultiaddressPart.Create(MultiaddressProtocols.Ws));
        }
        return Join(replaced);
    }

    /// <summary>The address that a text gives to a <c>/dnsaddr</c> address: what follows the name there must be the end of it.</summary>
    /// <returns>Null where the text gives none, or one that ends otherwise.</returns>
    public static Multiaddress? Linked(Multiaddress link, string text)
    {
        if (!text.StartsWith(TextPrefix, StringComparison.Ordinal) || !Multiaddress.TryParse(text.AsSpan(TextPrefix.Length), out var address))
            return null;
        var (wanted, given) = (link.Parts.Skip(1).ToList(), address.Parts);
        return wanted.Count < given.Count && given.Skip(given.Count - wanted.Count).SequenceEqual(wanted) ? address : null;
    }

    private static Multiaddress? Join(List<MultiaddressPart> parts)
    {
        var bytes = new List<byte>();
        foreach (var part in parts)
            bytes.AddRange(part.Encoded);
        return Multiaddress.TryDecode([.. bytes], out var address) ? address : null;
    }

    private static bool IsHost(MultiaddressProtocol protocol) =>
        protocol == MultiaddressProtocols.Dns || protocol == MultiaddressProtocols.Dns4 || protocol == MultiaddressProtocols.Dns6;
}
