using System.Net;

namespace Libp2p;

/// <summary>A record of the class IN, or a <see cref="DnsOtherRecord"/>.</summary>
/// <param name="Name">Whose it is.</param>
/// <param name="Type">Its type.</param>
/// <param name="TimeToLive">For how many seconds it holds. Values with the highest bit set are read as 0 (RFC 2181, section 8).</param>
/// <param name="CacheFlush">In multicast DNS: it takes the place of what was there before (RFC 6762, section 10.2).</param>
internal abstract record DnsRecord(DnsName Name, DnsType Type, uint TimeToLive, bool CacheFlush);

/// <summary>A or AAAA: an address of a host.</summary>
internal sealed record DnsAddressRecord(DnsName Name, uint TimeToLive, IPAddress Address, bool CacheFlush = false)
    : DnsRecord(Name, Address.GetAddressBytes().Length == 4 ? DnsType.A : DnsType.Aaaa, TimeToLive, CacheFlush);

/// <summary>CNAME or PTR: another name.</summary>
internal sealed record DnsNameRecord(DnsName Name, DnsType Type, uint TimeToLive, DnsName Target, bool CacheFlush = false) : DnsRecord(Name, Type, TimeToLive, CacheFlush);

/// <summary>TXT: strings of at most 255 bytes each.</summary>
internal sealed record DnsTextRecord(DnsName Name, uint TimeToLive, IReadOnlyList<ReadOnlyMemory<byte>> Strings, bool CacheFlush = false)
    : DnsRecord(Name, DnsType.Txt, TimeToLive, CacheFlush);

/// <summary>SRV: where a service is (RFC 2782).</summary>
internal sealed record DnsServiceRecord(DnsName Name, uint TimeToLive, ushort Priority, ushort Weight, ushort Port, DnsName Target, bool CacheFlush = false)
    : DnsRecord(Name, DnsType.Srv, TimeToLive, CacheFlush);

/// <summary>SOA: the start of a zone.</summary>
/// <param name="Name">The zone.</param>
/// <param name="TimeToLive">For how many seconds it holds.</param>
/// <param name="PrimaryServer">The zone's first server.</param>
/// <param name="Mailbox">Who looks after it.</param>
/// <param name="Serial">The number of its version.</param>
/// <param name="Refresh">Seconds between the looks of a secondary server.</param>
/// <param name="Retry">Seconds until it looks again after a failure.</param>
/// <param name="Expire">Seconds after which it gives up.</param>
/// <param name="Minimum">For how many seconds a "there is none" holds (RFC 2308, section 4).</param>
internal sealed record DnsZoneRecord(
    DnsName Name, uint TimeToLive, DnsName PrimaryServer, DnsName Mailbox, uint Serial, uint Refresh, uint Retry, uint Expire, uint Minimum)
    : DnsRecord(Name, DnsType.Soa, TimeToLive, CacheFlush: false);

/// <summary>A record of another type or class, which is not looked into.</summary>
internal sealed record DnsOtherRecord(DnsName Name, DnsType Type, ushort Class, uint TimeToLive, ReadOnlyMemory<byte> Data, bool CacheFlush = false)
    : DnsRecord(Name, Type, TimeToLive, CacheFlush);
