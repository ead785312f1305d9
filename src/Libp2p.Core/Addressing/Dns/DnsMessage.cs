namespace Libp2p;

/// <summary>A message of DNS or of multicast DNS (RFC 1035, section 4; RFC 6762, section 18).</summary>
internal sealed record DnsMessage
{
    /// <summary>Ties an answer to its question; 0 in multicast DNS and over HTTPS.</summary>
    public ushort Id { get; init; }

    public bool IsResponse { get; init; }

    /// <summary>0 for a query; other kinds are not asked here.</summary>
    public byte OperationCode { get; init; }

    public bool IsAuthoritative { get; init; }

    /// <summary>There is more than fits: ask over TCP.</summary>
    public bool IsTruncated { get; init; }

    public bool RecursionDesired { get; init; }

    public bool RecursionAvailable { get; init; }

    /// <summary>With the eight bits that EDNS0 adds, where it is there.</summary>
    public DnsResponseCode ResponseCode { get; init; }

    public IReadOnlyList<DnsQuestion> Questions { get; init; } = [];

    public IReadOnlyList<DnsRecord> Answers { get; init; } = [];

    public IReadOnlyList<DnsRecord> Authorities { get; init; } = [];

    /// <summary>Without the one of EDNS0, which is <see cref="PayloadSize"/>.</summary>
    public IReadOnlyList<DnsRecord> Additionals { get; init; } = [];

    /// <summary>The bytes of a datagram that the sender takes (EDNS0, RFC 6891, section 6.2.3); null where it says nothing of the kind.</summary>
    public ushort? PayloadSize { get; init; }
}

/// <summary>What is asked for.</summary>
/// <param name="Name">The name.</param>
/// <param name="Type">The type of the records.</param>
/// <param name="UnicastResponse">In multicast DNS: the answer may come to the asker alone (RFC 6762, section 5.4).</param>
internal sealed record DnsQuestion(DnsName Name, DnsType Type, bool UnicastResponse = false);
