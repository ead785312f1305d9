using System.Text;

namespace Libp2p.Fuzz.Tests.Targets;

/// <summary>
/// Multiaddresses. Both targets reach <see cref="MultiaddressCodec"/> and, behind it, each <see cref="AddressValueCodec"/>:
/// <see cref="Ip4Codec"/>, <see cref="Ip6Codec"/>, <see cref="NumberCodec"/>, <see cref="NameCodec"/>, <see cref="UnixPathCodec"/>.
/// </summary>
internal static class AddressTargets
{
    /// <summary>The codecs of values that the seeds reach: an address of each is among them.</summary>
    public static readonly Type[] Reached =
    [
        typeof(MultiaddressCodec), typeof(AddressValueCodec), typeof(Ip4Codec), typeof(Ip6Codec), typeof(NumberCodec), typeof(NameCodec), typeof(UnixPathCodec),
        typeof(HttpPathCodec), typeof(PeerIdCodec), typeof(CertHashCodec), typeof(OnionCodec), typeof(Garlic32Codec), typeof(Garlic64Codec),
    ];

    private const string Peer = "12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN";

    private static readonly string[] Texts =
    [
        "/ip4/127.0.0.1/tcp/4001",
        "/ip6/2001:db8::1/udp/4001/quic-v1/webtransport/certhash/uEiAkH5a4DPGKUuOBjYw0CgwjLa2R_RF71v86aVxlqdKNOQ",
        "/ip6zone/eth0/ip6/fe80::1/tcp/443/tls/sni/example.org/ws",
        $"/dns4/example.org/tcp/443/wss/p2p/{Peer}/p2p-circuit",
        $"/dnsaddr/bootstrap.libp2p.io/p2p/{Peer}",
        "/ip4/1.2.3.4/tcp/80/http/http-path/a%2Fb",
        "/unix/tmp/socket",
        "/memory/1234567890",
        "/onion3/vww6ybal4bd7szmgncyruucpgfkqahzddi37ktceo3ah7ngmcopnpyyd:1234",
        "/onion/aaimaq4ygg2iegci:80",
        "/garlic32/566niximlxdzpanmn4qouucvua3k7neniwss47li5r6ugoertzuq",
        "/ip4/10.0.0.0/ipcidr/8",
    ];

    public static FuzzTarget MultiaddressBytes() => new(nameof(MultiaddressBytes), [.. Texts.Select(t => Multiaddress.Parse(t).Bytes.ToArray())], input =>
    {
        if (!Multiaddress.TryDecode(input, out var address, out var error))
        {
            FuzzViolation.Unless(!string.IsNullOrEmpty(error), "refuses without a reason");
            return false;
        }
        FuzzViolation.Unless(address.Bytes.Span.SequenceEqual(input), "is not what it was read from");
        FuzzViolation.Unless(Multiaddress.TryParse(address.ToString(), out var again, out _) && again == address, "does not read its own text");
        FuzzViolation.Unless(Multiaddress.FromParts([.. address.Parts]) == address, "is not its parts");
        Visit(address);
        return true;
    });

    public static FuzzTarget MultiaddressText() => new(nameof(MultiaddressText), [.. Texts.Select(t => Encoding.UTF8.GetBytes(t))], input =>
    {
        if (!Multiaddress.TryParse(Encoding.UTF8.GetString(input), out var address, out var error))
        {
            FuzzViolation.Unless(!string.IsNullOrEmpty(error) && !error.Contains('\n', StringComparison.Ordinal), "refuses without a reason of one line");
            return false;
        }
        FuzzViolation.Unless(Multiaddress.TryDecode(address.Bytes.Span, out var again) && again == address, "does not read back its bytes");
        FuzzViolation.Unless(Multiaddress.TryParse(address.ToString(), out again) && again == address, "does not read its own text");
        Visit(address);
        return true;
    }) { Iterations = 100_000 };

    /// <summary>What a node asks of every address that it hears of.</summary>
    private static void Visit(Multiaddress address)
    {
        _ = address.PeerId;
        _ = address.Scope;
        _ = address.TryGetEndPoint(out _);
    }
}
