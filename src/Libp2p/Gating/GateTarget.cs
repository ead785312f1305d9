using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Libp2p.Gating;

/// <summary>Whom a rule of a gater concerns: everyone, a peer, a subnet, or the addresses that begin with an address. Immutable.</summary>
public sealed class GateTarget : IEquatable<GateTarget>
{
    private GateTarget(PeerId? peer, Subnet? subnet, Multiaddress? address) => (Peer, Subnet, Address) = (peer, subnet, address);

    /// <summary>Everyone whom no other rule concerns.</summary>
    public static GateTarget Everyone { get; } = new(null, null, null);

    internal PeerId? Peer { get; }

    internal Subnet? Subnet { get; }

    internal Multiaddress? Address { get; }

    /// <summary>A peer, wherever it is.</summary>
    public static GateTarget Of(PeerId peer) => new(peer, null, null);

    /// <summary>An IP address, whatever the port.</summary>
    public static GateTarget Of(IPAddress address) => new(null, Gating.Subnet.Of(address), null);

    /// <summary>A subnet.</summary>
    public static GateTarget Of(IPNetwork network) => new(null, Gating.Subnet.Of(network.BaseAddress).Widen(network.PrefixLength), null);

    internal static GateTarget Of(Subnet subnet) => new(null, subnet, null);

    /// <summary>
    /// What a multiaddress says: a peer (<c>/p2p/12D3Koo…</c>), an IP address (<c>/ip4/192.0.2.1</c>), a subnet
    /// (<c>/ip4/192.0.2.0/ipcidr/24</c>), or else every address that begins with it (<c>/dns4/example.com</c>,
    /// <c>/ip4/192.0.2.1/tcp/4001</c>).
    /// </summary>
    /// <exception cref="ArgumentException">It names a place and a peer, and so does not say which of them is meant.</exception>
    public static GateTarget Of(Multiaddress address) => Read(address, out var error) ?? throw new ArgumentException(error, nameof(address));

    /// <summary>Reads text: <c>all</c>, a peer id, an IP address, a subnet (<c>192.0.2.0/24</c>, <c>2001:db8::/32</c>), or a multiaddress.</summary>
    /// <param name="text">The text.</param>
    /// <param name="target">Whom it names.</param>
    /// <param name="error">What is wrong, on one line.</param>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out GateTarget? target, [NotNullWhen(false)] out string? error)
    {
        error = null;
        if (text is "all")
            target = Everyone;
        else if (text.StartsWith('/'))
            target = Multiaddress.TryParse(text, out var address, out error) ? Read(address, out error) : null;
        else if (PeerId.TryParse(text, null, out var peer))
            target = Of(peer);
        else if (Gating.Subnet.TryParse(text, out var subnet, out error))
            target = new(null, subnet, null);
        else
            target = null;
        if (target is null)
            error ??= $"{text} names nobody";
        return target is not null;
    }

    /// <inheritdoc/>
    public bool Equals(GateTarget? other) =>
        other is not null && Equals(Peer, other.Peer) && Nullable.Equals(Subnet, other.Subnet) && Equals(Address, other.Address);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as GateTarget);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Peer, Subnet, Address);

    /// <inheritdoc/>
    public override string ToString() => Peer?.ToString() ?? Subnet?.ToString() ?? Address?.ToString() ?? "all";

    private static GateTarget? Read(Multiaddress address, out string? error)
    {
        error = null;
        if (address.PeerId is { } peer)
        {
            if (address.Parts.Count == 1)
                return Of(peer);
            error = $"{address} names a place and a peer: name the one that is meant";
            return null;
        }
        if (!address.TryGetIPAddress(out var ip) || address.Parts[0].Protocol == MultiaddressProtocols.Ip6Zone)
            return new(null, null, address);
        if (address.Parts.Count == 1)
            return Of(ip);
        return address.Parts.Count == 2 && address.Parts[1].Protocol == MultiaddressProtocols.IpCidr
            ? Gating.Subnet.TryParse($"{ip}/{address.Parts[1].Value}", out var subnet, out error) ? new(null, subnet, null) : null
            : new(null, null, address);
    }
}
