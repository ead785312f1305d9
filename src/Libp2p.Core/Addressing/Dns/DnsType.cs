namespace Libp2p;

/// <summary>The types of records that are read here (IANA, DNS parameters); others pass as they are.</summary>
internal enum DnsType : ushort
{
    /// <summary>An IPv4 address.</summary>
    A = 1,

    /// <summary>The name that a name stands for.</summary>
    Cname = 5,

    /// <summary>The start of a zone, which says how long a "there is none" holds.</summary>
    Soa = 6,

    /// <summary>The name that something is listed under.</summary>
    Ptr = 12,

    /// <summary>Text.</summary>
    Txt = 16,

    /// <summary>An IPv6 address.</summary>
    Aaaa = 28,

    /// <summary>Host and port of a service.</summary>
    Srv = 33,

    /// <summary>What extends the message itself (EDNS0).</summary>
    Opt = 41,

    /// <summary>In questions: whatever there is.</summary>
    Any = 255,
}

/// <summary>How a server answered (RFC 1035, section 4.1.1; RFC 6895, section 2.3).</summary>
internal enum DnsResponseCode : ushort
{
    NoError = 0,
    FormatError = 1,
    ServerFailure = 2,
    NameError = 3,
    NotImplemented = 4,
    Refused = 5,
}
