using System.Net;
using System.Text;

namespace Libp2p.Names;

/// <summary>What came of asking for the records of one type under one name.</summary>
/// <param name="Records">The records; empty where there are none.</param>
/// <param name="Failure">Why there are none, on one line; null where there are some.</param>
internal sealed record LookUp(IReadOnlyList<DnsRecord> Records, string? Failure)
{
    public IEnumerable<IPAddress> Addresses => Records.OfType<DnsAddressRecord>().Select(r => r.Address);

    /// <summary>The strings of each record, joined.</summary>
    public IEnumerable<string> Texts => Records.OfType<DnsTextRecord>().Select(r => string.Concat(r.Strings.Select(s => Encoding.UTF8.GetString(s.Span))));
}
