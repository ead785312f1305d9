using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace Libp2p;

/// <summary>Every protocol of the multiaddr table, by its name, its code, and as a member.</summary>
public static class MultiaddressProtocols
{
    static readonly NumberCodec Port = new(2, "is not a port from 0 to 65535");
    static readonly NameCodec DomainName = new("a domain name");

    /// <summary>An IPv4 address.</summary>
    public static MultiaddressProtocol Ip4 { get; } = new(4, "ip4", 32, new Ip4Codec());

    /// <summary>A port of TCP.</summary>
    public static MultiaddressProtocol Tcp { get; } = new(6, "tcp", 16, Port);

    /// <summary>A port of UDP.</summary>
    public static MultiaddressProtocol Udp { get; } = new(273, "udp", 16, Port);

    /// <summary>A port of DCCP.</summary>
    public static MultiaddressProtocol Dccp { get; } = new(33, "dccp", 16, Port);

    /// <summary>An IPv6 address.</summary>
    public static MultiaddressProtocol Ip6 { get; } = new(41, "ip6", 128, new Ip6Codec());

    /// <summary>The zone (RFC 4007) of the IPv6 address that follows it.</summary>
    public static MultiaddressProtocol Ip6Zone { get; } = new(42, "ip6zone", null, new NameCodec("an IPv6 zone"));

    /// <summary>The bits of the network in the IP address before it.</summary>
    public static MultiaddressProtocol IpCidr { get; } = new(43, "ipcidr", 8, new NumberCodec(1, "is not a count of bits from 0 to 255"));

    /// <summary>A domain name with IPv4 or IPv6 addresses.</summary>
    public static MultiaddressProtocol Dns { get; } = new(53, "dns", null, DomainName);

    /// <summary>A domain name whose IPv4 addresses are meant.</summary>
    public static MultiaddressProtocol Dns4 { get; } = new(54, "dns4", null, DomainName);

    /// <summary>A domain name whose IPv6 addresses are meant.</summary>
    public static MultiaddressProtocol Dns6 { get; } = new(55, "dns6", null, DomainName);

    /// <summary>A domain name whose TXT records hold multiaddresses.</summary>
    public static MultiaddressProtocol DnsAddr { get; } = new(56, "dnsaddr", null, DomainName);

    /// <summary>A port of SCTP.</summary>
    public static MultiaddressProtocol Sctp { get; } = new(132, "sctp", 16, Port);

    /// <summary>UDT.</summary>
    public static MultiaddressProtocol Udt { get; } = new(301, "udt");

    /// <summary>uTP.</summary>
    public static MultiaddressProtocol Utp { get; } = new(302, "utp");

    /// <summary>The path of a Unix socket, which takes the rest of the address.</summary>
    public static MultiaddressProtocol Unix { get; } = new(400, "unix", null, new UnixPathCodec(), isPath: true);

    /// <summary>A peer id. Its old name, ipfs, is read too.</summary>
    public static MultiaddressProtocol P2p { get; } = new(421, "p2p", null, new PeerIdCodec());

    /// <summary>An onion service of version 2 and its port.</summary>
    public static MultiaddressProtocol Onion { get; } = new(444, "onion", 96, new OnionCodec(10));

    /// <summary>An onion service of version 3 and its port.</summary>
    public static MultiaddressProtocol Onion3 { get; } = new(445, "onion3", 296, new OnionCodec(35));

    /// <summary>A destination of I2P.</summary>
    public static MultiaddressProtocol Garlic64 { get; } = new(446, "garlic64", null, new Garlic64Codec());

    /// <summary>The hash of a destination of I2P.</summary>
    public static MultiaddressProtocol Garlic32 { get; } = new(447, "garlic32", null, new Garlic32Codec());

    /// <summary>Transport Layer Security.</summary>
    public static MultiaddressProtocol Tls { get; } = new(448, "tls");

    /// <summary>The server name that TLS asks for (RFC 6066).</summary>
    public static MultiaddressProtocol Sni { get; } = new(449, "sni", null, new NameCodec("a server name"));

    /// <summary>Noise.</summary>
    public static MultiaddressProtocol Noise { get; } = new(454, "noise");

    /// <summary>QUIC of draft 29.</summary>
    public static MultiaddressProtocol Quic { get; } = new(460, "quic");

    /// <summary>QUIC of RFC 9000.</summary>
    public static MultiaddressProtocol QuicV1 { get; } = new(461, "quic-v1");

    /// <summary>WebTransport.</summary>
    public static MultiaddressProtocol WebTransport { get; } = new(465, "webtransport");

    /// <summary>The multihash of a certificate.</summary>
    public static MultiaddressProtocol CertHash { get; } = new(466, "certhash", null, new CertHashCodec());

    /// <summary>HTTP.</summary>
    public static MultiaddressProtocol Http { get; } = new(480, "http");

    /// <summary>The path of an HTTP resource, percent-encoded in the text form.</summary>
    public static MultiaddressProtocol HttpPath { get; } = new(481, "http-path", null, new HttpPathCodec());

    /// <summary>An old way to write tls and http.</summary>
    public static MultiaddressProtocol Https { get; } = new(443, "https");

    /// <summary>WebSocket.</summary>
    public static MultiaddressProtocol Ws { get; } = new(477, "ws");

    /// <summary>An old way to write tls and ws.</summary>
    public static MultiaddressProtocol Wss { get; } = new(478, "wss");

    /// <summary>A rendezvous transport that is no longer used.</summary>
    public static MultiaddressProtocol P2pWebSocketStar { get; } = new(479, "p2p-websocket-star");

    /// <summary>A rendezvous transport that is no longer used.</summary>
    public static MultiaddressProtocol P2pStardust { get; } = new(277, "p2p-stardust");

    /// <summary>A rendezvous transport that is no longer used.</summary>
    public static MultiaddressProtocol P2pWebRtcStar { get; } = new(275, "p2p-webrtc-star");

    /// <summary>The old direct WebRTC, no longer used.</summary>
    public static MultiaddressProtocol P2pWebRtcDirect { get; } = new(276, "p2p-webrtc-direct");

    /// <summary>WebRTC to a server, without signalling.</summary>
    public static MultiaddressProtocol WebRtcDirect { get; } = new(280, "webrtc-direct");

    /// <summary>WebRTC between two peers, signalled over a relay.</summary>
    public static MultiaddressProtocol WebRtc { get; } = new(281, "webrtc");

    /// <summary>A circuit through the relay before it.</summary>
    public static MultiaddressProtocol P2pCircuit { get; } = new(290, "p2p-circuit");

    /// <summary>The number of a listener in memory. The table says its length varies; every implementation has 64 bits.</summary>
    public static MultiaddressProtocol Memory { get; } = new(777, "memory", 64, new NumberCodec(8, "is not a number of 64 bits"));

    /// <summary>All of them.</summary>
    public static IReadOnlyList<MultiaddressProtocol> All { get; } =
    [
        Ip4, Tcp, Udp, Dccp, Ip6, Ip6Zone, IpCidr, Dns, Dns4, Dns6, DnsAddr, Sctp, Udt, Utp, Unix, P2p, Onion, Onion3, Garlic64, Garlic32,
        Tls, Sni, Noise, Quic, QuicV1, WebTransport, CertHash, Http, HttpPath, Https, Ws, Wss, P2pWebSocketStar, P2pStardust,
        P2pWebRtcStar, P2pWebRtcDirect, WebRtcDirect, WebRtc, P2pCircuit, Memory,
    ];

    static readonly FrozenDictionary<ulong, MultiaddressProtocol> ByCode = All.ToFrozenDictionary(protocol => (ulong)protocol.Code);

    static readonly FrozenDictionary<string, MultiaddressProtocol>.AlternateLookup<ReadOnlySpan<char>> ByName =
        All.Select(protocol => KeyValuePair.Create(protocol.Name, protocol)).Append(KeyValuePair.Create("ipfs", P2p))
            .ToFrozenDictionary(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Finds a protocol by its code.</summary>
    public static bool TryGet(ulong code, [NotNullWhen(true)] out MultiaddressProtocol? protocol) => ByCode.TryGetValue(code, out protocol);

    /// <summary>Finds a protocol by its name, "ipfs" as the old name of <see cref="P2p"/> too.</summary>
    public static bool TryGet(ReadOnlySpan<char> name, [NotNullWhen(true)] out MultiaddressProtocol? protocol) => ByName.TryGetValue(name, out protocol);
}
