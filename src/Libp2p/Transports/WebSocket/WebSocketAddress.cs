using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Text;

namespace Libp2p.Transports.WebSocket;

/// <summary>
/// What the multiaddress of a WebSocket says (websockets/README.md, "Addressing"): a host, a port or the scheme's own, and
/// <c>/ws</c>, <c>/wss</c>, <c>/tls/ws</c> or <c>/tls/sni/NAME/ws</c>, then perhaps <c>/http-path/…</c> and a peer id.
/// </summary>
internal sealed class WebSocketAddress
{
    private const string Ws = "80";
    private const string Wss = "443";

    private static readonly Multiaddress Suffix = Multiaddress.Parse("/ws");
    private static readonly Multiaddress SecureSuffix = Multiaddress.Parse("/tls/ws");

    private WebSocketAddress(Multiaddress carrier, string host, MultiaddressPart? serverName, bool isSecure, MultiaddressPart? path)
    {
        Carrier = carrier;
        _host = host;
        _serverName = serverName;
        IsSecure = isSecure;
        _path = path;
    }

    private readonly string _host;
    private readonly MultiaddressPart? _serverName;
    private readonly MultiaddressPart? _path;

    /// <summary>The address beneath: host and TCP port.</summary>
    public Multiaddress Carrier { get; }

    /// <summary>Whether TLS comes first.</summary>
    public bool IsSecure { get; }

    /// <summary>The name or the address that the server's certificate must be for.</summary>
    public string ServerName => _serverName?.Value ?? _host;

    /// <summary>Whether the server has a name, which its certificate must be for.</summary>
    public bool HasName => _serverName is not null;

    /// <summary>Whether a path is named.</summary>
    public bool HasPath => _path is not null;

    /// <summary>The path to ask for: begins with a slash, percent-encoded, so that nothing in it can end the request line.</summary>
    public string Path => _path is { } path ? Encode(path.Bytes.Span) : "/";

    /// <summary>The value of the Host header: the server's name, or the one that gave the address, where it can stand in a header, or the address.</summary>
    public string HostHeader(string? hostName = null)
    {
        var port = Carrier.Parts[^1].Value;
        var host = !HasName && hostName is not null && IsHostName(hostName) ? hostName : ServerName;
        var name = host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;
        return port == (IsSecure ? Wss : Ws) ? name : $"{name}:{port}";
    }

    /// <summary>Reads it; false where the address is of another kind.</summary>
    public static bool TryRead(Multiaddress address, [NotNullWhen(true)] out WebSocketAddress? result)
    {
        result = null;
        var parts = address.Parts;
        var at = parts[0].Protocol == MultiaddressProtocols.Ip6Zone ? 1 : 0;
        if (parts.Count <= at || !IsHost(parts[at]))
            return false;
        var host = parts[at++];
        var hostParts = at;
        MultiaddressPart? port = Is(at, MultiaddressProtocols.Tcp) ? parts[at++] : null;
        MultiaddressPart? serverName = null;
        var isSecure = true;
        if (Is(at, MultiaddressProtocols.Tls))
        {
            at++;
            if (Is(at, MultiaddressProtocols.Sni))
                serverName = parts[at++];
            if (!Is(at++, MultiaddressProtocols.Ws))
                return false;
        }
        else if (Is(at, MultiaddressProtocols.Ws))
        {
            isSecure = false;
            at++;
        }
        else if (!Is(at++, MultiaddressProtocols.Wss))
        {
            return false;
        }
        MultiaddressPart? path = Is(at, MultiaddressProtocols.HttpPath) ? parts[at++] : null;
        if (Is(at, MultiaddressProtocols.P2p))
            at++;
        if (at != parts.Count || !IsHostName(serverName ?? host))
            return false;
        var tcp = port ?? MultiaddressPart.Create(MultiaddressProtocols.Tcp, isSecure ? Wss : Ws);
        // The name of a dialled host stays known where the address beneath has become a number.
        if (serverName is null && isSecure && !IsNumeric(host))
            serverName = MultiaddressPart.Create(MultiaddressProtocols.Sni, host.Value);
        result = new WebSocketAddress(Multiaddress.FromParts([.. parts.Take(hostParts), tcp]), host.Value, serverName, isSecure, path);
        return true;

        bool Is(int index, MultiaddressProtocol protocol) => index < parts.Count && parts[index].Protocol == protocol;
    }

    /// <summary>The address of a WebSocket of this kind over another address beneath, in its usual form.</summary>
    public Multiaddress Over(Multiaddress carrier)
    {
        List<MultiaddressPart> parts = [.. carrier.Parts];
        if (IsSecure)
            parts.Add(MultiaddressPart.Create(MultiaddressProtocols.Tls));
        if (_serverName is { } name && IsSecure)
            parts.Add(name);
        parts.Add(MultiaddressPart.Create(MultiaddressProtocols.Ws));
        if (_path is { } path)
            parts.Add(path);
        return Multiaddress.FromParts(parts.ToArray());
    }

    /// <summary>The address of the end of a WebSocket that dialled.</summary>
    public static Multiaddress Local(Multiaddress carrier, bool isSecure) => carrier.Encapsulate(isSecure ? SecureSuffix : Suffix);

    private static bool IsHost(MultiaddressPart part) =>
        IsNumeric(part) || part.Protocol == MultiaddressProtocols.Dns || part.Protocol == MultiaddressProtocols.Dns4 || part.Protocol == MultiaddressProtocols.Dns6;

    private static bool IsNumeric(MultiaddressPart part) => part.Protocol == MultiaddressProtocols.Ip4 || part.Protocol == MultiaddressProtocols.Ip6;

    /// <summary>A name that can stand in a header and in a certificate: letters, digits, hyphens, dots (and what some zones add, underscores).</summary>
    private static bool IsHostName(MultiaddressPart part) => IsNumeric(part) || IsHostName(part.Value);

    private static bool IsHostName(string name) => name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_');

    private static string Encode(ReadOnlySpan<byte> path)
    {
        var text = new StringBuilder("/");
        foreach (var b in path is [(byte)'/', .. var rest] ? rest : path)
        {
            if (char.IsAsciiLetterOrDigit((char)b) || b is (byte)'/' or (byte)'-' or (byte)'.' or (byte)'_' or (byte)'~')
                text.Append((char)b);
            else
                text.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
        }
        return text.ToString();
    }
}
