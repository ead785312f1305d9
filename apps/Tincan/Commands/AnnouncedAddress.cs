using Libp2p;

namespace Tincan.Commands;

/// <summary>Reads addresses that others are to be told: those that somebody can dial.</summary>
internal static class AnnouncedAddress
{
    private static readonly MultiaddressProtocol[] Hosts =
        [MultiaddressProtocols.Ip4, MultiaddressProtocols.Ip6, MultiaddressProtocols.Dns, MultiaddressProtocols.Dns4, MultiaddressProtocols.Dns6];

    /// <summary>Reads one from the command line.</summary>
    /// <exception cref="CommandException">It is none, or nobody can dial it.</exception>
    public static Multiaddress Parse(string option, string text)
    {
        var address = NodeSetup.ParseAddress(text);
        return FaultOf(address) is { } fault
            ? throw new CommandException($"{option} {address}: nobody can dial {fault}", "write where others reach this node, such as /dns4/chat.example/tcp/443/tls/ws", ExitCodes.Usage)
            : address;
    }

    private static string? FaultOf(Multiaddress address)
    {
        var bare = address.WithoutPeerId();
        if (bare is null || !(IsTcp(bare) || IsTree(bare) || ListenSettings.IsWebSocket(bare)))
            return "that, which is neither TCP nor a WebSocket over it at a host's address or name";
        if (bare.Parts[0].Protocol == MultiaddressProtocols.Ip6Zone)
            return "a zone, which means something on this machine alone";
        if (bare.Scope == AddressScope.Unspecified)
            return $"{bare.Parts[0].Value}, which is every address of this machine and none of them";
        return bare.Parts.Any(p => p.Protocol == MultiaddressProtocols.Tcp && p.Value == "0") ? "port 0" : null;
    }

    private static bool IsTcp(Multiaddress address) =>
        address.Parts.Count == 2 && Hosts.Contains(address.Parts[0].Protocol) && address.Parts[1].Protocol == MultiaddressProtocols.Tcp;

    // A name whose text records are the addresses.
    private static bool IsTree(Multiaddress address) => address.Parts.Count == 1 && address.Parts[0].Protocol == MultiaddressProtocols.DnsAddr;
}
