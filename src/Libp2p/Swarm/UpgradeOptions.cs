using System.Net;

namespace Libp2p.Swarm;

/// <summary>The bounds of upgrading a link to a connection.</summary>
public sealed class UpgradeOptions
{
    /// <summary>From the accept to being ready for streams: absolute, however busily the other side drips. Default 15 s.</summary>
    public TimeSpan InboundTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Inbound upgrades under way at once; when all are taken, the oldest makes room for a newcomer. Default 64.</summary>
    public int MaxInbound { get; set; } = 64;

    /// <summary>Of these, from one address (an IPv4 address or an IPv6 /56); loopback is exempt. Default 8.</summary>
    public int MaxInboundPerAddress { get; set; } = 8;

    /// <summary>Links accepted a second from one address, after the burst; loopback and trusted proxies are exempt. Default 0.2.</summary>
    public double AcceptsPerSecond { get; set; } = 0.2;

    /// <summary>The burst of <see cref="AcceptsPerSecond"/>. Default 16.</summary>
    public int AcceptBurst { get; set; } = 16;

    /// <summary>Lifts the limits for each address: for many people behind one NAT. Default false.</summary>
    public bool AllowManyPerAddress { get; set; }

    /// <summary>
    /// The networks of proxies in front, such as <c>10.0.0.0/8</c>. Links from them are exempt from the limits for each address
    /// until they tell where they come from; from then on that address counts. Default: none.
    /// </summary>
    public IList<IPNetwork> TrustedProxies { get; } = [];

    /// <summary>How long the negotiation of a stream's protocol may take. Default 10 s.</summary>
    public TimeSpan StreamTimeout { get; set; } = TimeSpan.FromSeconds(10);

    internal bool IsTrustedProxy(Multiaddress address)
    {
        if (TrustedProxies.Count == 0 || !address.TryGetEndPoint(out var endPoint))
            return false;
        var ip = endPoint.Address.IsIPv4MappedToIPv6 ? endPoint.Address.MapToIPv4() : endPoint.Address;
        return TrustedProxies.Any(network => network.Contains(ip));
    }

    /// <summary>Throws where a value makes no sense.</summary>
    /// <exception cref="ArgumentOutOfRangeException">With the option's name.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(InboundTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxInbound);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxInboundPerAddress);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(AcceptsPerSecond);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(AcceptBurst);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(StreamTimeout, TimeSpan.Zero);
    }
}
