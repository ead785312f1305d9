using System.Buffers;
using System.Net;

namespace Libp2p.Fuzz.Tests.Targets;

/// <summary>What servers of names, and strangers on the same network, send.</summary>
internal static class DnsTargets
{
    public static FuzzTarget DnsMessages() => new(nameof(DnsMessages), [Query(), Answer(), Compressed(), Zone()], input =>
    {
        if (!DnsMessageCodec.TryRead(input, out var message, out var error))
        {
            FuzzViolation.Unless(!string.IsNullOrEmpty(error) && !error.Contains('\n', StringComparison.Ordinal), "refuses without a reason of one line");
            return false;
        }
        List<DnsRecord> records = [.. message.Answers, .. message.Authorities, .. message.Additionals];
        FuzzViolation.Unless(message.Questions.Count <= DnsMessageCodec.MaxQuestions && records.Count <= DnsMessageCodec.MaxRecords, "takes more than its bounds");
        foreach (var name in records.Select(r => r.Name).Concat(message.Questions.Select(q => q.Name)))
        {
            FuzzViolation.Unless(name.Wire.Length <= DnsName.MaxBytes, "gives a name beyond its bound");
            FuzzViolation.Unless(name.ToString().All(c => c is > ' ' and < '\x7f'), "shows a name by what it should escape");
        }
        var written = Written(message);
        FuzzViolation.Unless(DnsMessageCodec.TryRead(written, out var again, out _) && Written(again).AsSpan().SequenceEqual(written), "does not read back what it writes");
        return true;
    })
    { Iterations = 150_000, AllocationPerByte = 1024 };

    private static DnsName Name(string text) => DnsName.TryParse(text, out var name) ? name : throw new InvalidOperationException(text);

    private static byte[] Query() => Written(new() { Id = 1, RecursionDesired = true, Questions = [new(Name("_dnsaddr.example.com"), DnsType.Txt)], PayloadSize = 1232 });

    private static byte[] Answer() => Written(new()
    {
        IsResponse = true,
        Questions = [new(Name("_p2p._udp.local"), DnsType.Ptr, UnicastResponse: true)],
        Answers =
        [
            new DnsNameRecord(Name("_p2p._udp.local"), DnsType.Ptr, 120, Name("x._p2p._udp.local")),
            new DnsServiceRecord(Name("x._p2p._udp.local"), 120, 0, 0, 4001, Name("host.local"), CacheFlush: true),
        ],
        Additionals =
        [
            new DnsTextRecord(Name("x._p2p._udp.local"), 120, ["dnsaddr=/ip4/10.0.0.1/tcp/1"u8.ToArray()]),
            new DnsAddressRecord(Name("host.local"), 120, IPAddress.Parse("10.0.0.1")),
            new DnsAddressRecord(Name("host.local"), 120, IPAddress.Parse("fe80::1")),
        ],
    });

    private static byte[] Zone() => Written(new()
    {
        IsResponse = true,
        ResponseCode = DnsResponseCode.NameError,
        Authorities = [new DnsZoneRecord(Name("example.com"), 60, Name("ns.example.com"), Name("who.example.com"), 1, 2, 3, 4, 5)],
        Additionals = [new DnsOtherRecord(Name("example.com"), (DnsType)257, 1, 60, new byte[] { 0, 5, 1 })],
    });

    private static byte[] Compressed() =>
        [0, 1, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, .. "\u0001x\u0007example\0"u8, 0, 5, 0, 1, 0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 9, 0, 4, 1, (byte)'y', 0xc0, 14];

    private static byte[] Written(DnsMessage message)
    {
        var output = new ArrayBufferWriter<byte>();
        DnsMessageCodec.Write(output, message);
        return output.WrittenSpan.ToArray();
    }
}
