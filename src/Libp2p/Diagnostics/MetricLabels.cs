namespace Libp2p.Diagnostics;

/// <summary>The values of labels, as the dashboards of other implementations know them.</summary>
internal static class MetricLabels
{
    private static readonly MultiaddressProtocol[] Transports =
    [
        MultiaddressProtocols.P2pCircuit, MultiaddressProtocols.WebRtc, MultiaddressProtocols.WebRtcDirect, MultiaddressProtocols.WebTransport,
        MultiaddressProtocols.Quic, MultiaddressProtocols.QuicV1, MultiaddressProtocols.Wss, MultiaddressProtocols.Ws, MultiaddressProtocols.Tcp,
        MultiaddressProtocols.Memory,
    ];

    public static string Direction(Role role) => role == Role.Dialer ? "outbound" : "inbound";

    /// <summary>The outermost transport that an address names.</summary>
    public static string Transport(Multiaddress address)
    {
        for (var i = address.Parts.Count - 1; i >= 0; i--)
        {
            var protocol = address.Parts[i].Protocol;
            if (Array.IndexOf(Transports, protocol) >= 0)
                return protocol.Name;
        }
        return "other";
    }

    public static string IpVersion(Multiaddress address)
    {
        var first = address.Parts.Count > 0 ? address.Parts[0].Protocol : null;
        if (first == MultiaddressProtocols.Ip4 || first == MultiaddressProtocols.Dns4)
            return "ip4";
        return first == MultiaddressProtocols.Ip6 || first == MultiaddressProtocols.Dns6 || first == MultiaddressProtocols.Ip6Zone ? "ip6" : "unknown";
    }

    public static string KeyType(KeyType type) => type switch
    {
        Libp2p.KeyType.Rsa => "RSA",
        Libp2p.KeyType.Ecdsa => "ECDSA",
        _ => type.ToString(),
    };

    /// <summary>How many addresses a dial tried: small numbers, so that the label stays small too.</summary>
    public static string Attempts(int count) => count switch
    {
        0 => "0",
        1 => "1",
        2 => "2",
        3 => "3",
        4 => "4",
        5 => "5",
        _ => ">=6",
    };

    public static string Error(DialAttempt failure) => failure.Error switch
    {
        Libp2pError.Timeout => "timeout",
        Libp2pError.Unreachable when failure.Cause.Contains("refused", StringComparison.OrdinalIgnoreCase) => "connection refused",
        Libp2pError.Unreachable => "unreachable",
        Libp2pError.PeerIdMismatch => "peer id mismatch",
        Libp2pError.HandshakeFailed => "handshake",
        Libp2pError.NegotiationFailed => "negotiation",
        Libp2pError.LimitReached or Libp2pError.Refused => "gated",
        _ => "other",
    };
}
