namespace Libp2p;

/// <summary>An address that a name gave.</summary>
/// <param name="Address">The address, which begins with no name. A name that TLS has to send stands in it as <c>/sni/…</c>.</param>
/// <param name="FromPublicName">A name that anybody may have registered led to it, on the way at least: whoever did so chose the address.</param>
public sealed record ResolvedAddress(Multiaddress Address, bool FromPublicName)
{
    /// <summary>The last name that led to it, for those that must say whom they mean (HTTP's Host); null where there was none.</summary>
    public string? HostName { get; init; }
}
