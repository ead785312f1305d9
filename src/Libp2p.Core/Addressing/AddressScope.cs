namespace Libp2p;

/// <summary>How far an address reaches, which decides whom it is worth telling.</summary>
public enum AddressScope
{
    /// <summary>Not told by the address itself: a name, a peer id, an overlay.</summary>
    Unknown,

    /// <summary>No address yet: 0.0.0.0 or ::, what a listener on every interface has.</summary>
    Unspecified,

    /// <summary>This process.</summary>
    Memory,

    /// <summary>This machine.</summary>
    Loopback,

    /// <summary>The hosts on one link.</summary>
    LinkLocal,

    /// <summary>A network of its own: RFC 1918, shared space behind a carrier's NAT, unique local IPv6.</summary>
    Private,

    /// <summary>Set aside: documentation, benchmarks, multicast, the future. No peer is there.</summary>
    Reserved,

    /// <summary>The internet.</summary>
    Public,
}
