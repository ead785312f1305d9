using System.Buffers;
using System.Net;
using System.Text;

namespace Libp2p.Tests.Addressing.Dns;

public sealed class DnsMessageCodecTests
{
    private static readonly DnsName Host = Name("host.example");

    [Fact]
    public void A_query_has_the_bytes_of_RFC_1035()
    {
        var written = Write(new() { Id = 0x1234, RecursionDesired = true, Questions = [new(Name("a.bc"), DnsType.Aaaa)], PayloadSize = 1232 });
        byte[] expected =
        [
            0x12, 0x34, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 1,
            1, (byte)'a', 2, (byte)'b', (byte)'c', 0, 0, 28, 0, 1,
            0, 0, 41, 0x04, 0xd0, 0, 0, 0, 0, 0, 0,
        ];
        Assert.Equal(expected, written);
    }

    [Fact]
    public void Every_kind_of_record_is_read_as_it_was_written()
    {
        DnsMessage message = new()
        {
            Id = 7,
            IsResponse = true,
            OperationCode = 4,
            IsAuthoritative = true,
            IsTruncated = true,
            RecursionAvailable = true,
            ResponseCode = (DnsResponseCode)0x123,
            Questions = [new(Host, DnsType.Any, UnicastResponse: true)],
            Answers =
            [
                new DnsAddressRecord(Host, 60, IPAddress.Parse("192.0.2.1"), CacheFlush: true),
                new DnsAddressRecord(Host, 61, IPAddress.Parse("2001:db8::1")),
                new DnsNameRecord(Host, DnsType.Cname, 62, Name("other.example")),
                new DnsNameRecord(Host, DnsType.Ptr, 63, Name("a.local")),
                new DnsTextRecord(Host, 64, [Encoding.ASCII.GetBytes("dnsaddr=/memory/1"), ReadOnlyMemory<byte>.Empty]),
                new DnsServiceRecord(Host, 65, 1, 2, 4001, Name("b.local")),
            ],
            Authorities = [new DnsZoneRecord(Host, 66, Name("ns.example"), Name("who.example"), 1, 2, 3, 4, 5)],
            Additionals = [new DnsOtherRecord(Host, (DnsType)99, 3, 67, new byte[] { 1, 2, 3 })],
            PayloadSize = 4096,
        };
        var read = Read(Write(message));
        Assert.Equal(Write(message), Write(read));
        Assert.Equal(message with { Questions = [], Answers = [], Authorities = [], Additionals = [] }, read with { Questions = [], Answers = [], Authorities = [], Additionals = [] });
        Assert.Equal(message.Questions, read.Questions);
        Assert.Equal(message.Answers.Select(a => a.GetType()), read.Answers.Select(a => a.GetType()));
        Assert.Equal(message.Answers.Take(4), read.Answers.Take(4));
        Assert.Equal(message.Answers[5], read.Answers[5]);
        Assert.Equal(message.Authorities, read.Authorities);
        Assert.Equal("dnsaddr=/memory/1", Encoding.ASCII.GetString(Assert.IsType<DnsTextRecord>(read.Answers[4]).Strings[0].Span));
    }

    [Fact]
    public void Compressed_names_are_read()
    {
        // The answer's name is the question's; its target goes on in the middle of it.
        byte[] bytes = [.. Header(1, 1), .. "\u0001x\u0004host\u0007example\0"u8, 0, 5, 0, 1, 0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 9, 0, 4, 1, (byte)'y', 0xc0, 14];
        var alias = Assert.IsType<DnsNameRecord>(Assert.Single(Read(bytes).Answers));
        Assert.Equal("x.host.example", alias.Name.ToString());
        Assert.Equal("y.host.example", alias.Target.ToString());
    }

    [Theory]
    [InlineData(12, 0xc0, 12)] // to itself
    [InlineData(12, 0xc0, 14)] // forward
    [InlineData(12, 0xc0, 0)] // into the header
    [InlineData(12, 0xc0)] // cut
    [InlineData(12, 0x40, 0)] // a label of no kind
    [InlineData(12, 0x80, 0)]
    [InlineData(12, 5, 1, 1)] // cut in a label
    [InlineData(12)] // no name at all
    public void A_name_that_leads_nowhere_is_refused(int position, params int[] name)
    {
        Assert.Equal(12, position);
        Refused([.. Header(1, 0), .. name.Select(b => (byte)b)], "name");
    }

    [Fact]
    public void Pointers_may_not_lead_in_a_circle()
    {
        // A label, then a pointer to that label; and two that lead to each other.
        Refused([.. Header(1, 0), 1, (byte)'a', 0xc0, 12, 0, 1, 0, 1], "name");
        Refused([.. Header(2, 0), 1, (byte)'a', 0xc0, 18, 0, 1, 0, 1, 1, (byte)'b', 0xc0, 12, 0, 1, 0, 1], "name");
    }

    [Fact]
    public void A_name_that_grows_beyond_its_bound_by_pointers_is_refused()
    {
        var label = Enumerable.Repeat((byte)'a', 63).Prepend((byte)63).ToArray();
        byte[] bytes = [.. Header(2, 0), .. label, .. label, .. label, 0, 0, 1, 0, 1, .. label, 0xc0, 12, 0, 1, 0, 1];
        Refused(bytes, "name");
    }

    [Fact]
    public void Counts_are_capped_before_anything_is_read()
    {
        Refused(Header(DnsMessageCodec.MaxQuestions + 1, 0), "the most");
        Refused(Header(0, DnsMessageCodec.MaxRecords + 1), "the most");
        Refused(Header(0, ushort.MaxValue), "the most");
        Refused(new byte[DnsMessageCodec.MaxMessage + 1], "the most");
    }

    [Theory]
    [InlineData(1, 3)] // A of three bytes
    [InlineData(28, 4)] // AAAA of four
    [InlineData(16, 1, 9)] // a text cut short
    [InlineData(5, 3, 1, 97, 0, 0)] // bytes behind a target
    [InlineData(33, 2)]
    [InlineData(6, 2, 0, 0)]
    public void A_record_that_does_not_hold_what_it_must_is_refused(int type, int length, params int[] data)
    {
        byte[] content = [.. data.Select(b => (byte)b)];
        Array.Resize(ref content, Math.Max(length, content.Length));
        Refused([.. Header(0, 1), 0, 0, (byte)type, 0, 1, 0, 0, 0, 1, 0, (byte)content.Length, .. content], "record");
    }

    [Fact]
    public void Strings_of_a_text_are_capped()
    {
        byte[] Texts(int count) => [.. Header(0, 1), 0, 0, 16, 0, 1, 0, 0, 0, 1, 0, (byte)count, .. new byte[count]];
        Assert.Equal(DnsMessageCodec.MaxStrings, Assert.IsType<DnsTextRecord>(Assert.Single(Read(Texts(DnsMessageCodec.MaxStrings)).Answers)).Strings.Count);
        Refused(Texts(DnsMessageCodec.MaxStrings + 1), "record");
    }

    [Fact]
    public void Cut_anywhere_it_is_refused()
    {
        var whole = Write(new() { IsResponse = true, Questions = [new(Host, DnsType.A)], Answers = [new DnsAddressRecord(Host, 1, IPAddress.Loopback)], PayloadSize = 512 });
        for (var length = 0; length < whole.Length; length++)
            Assert.False(DnsMessageCodec.TryRead(whole.AsSpan(0, length), out _, out _));
        Refused([.. whole, 0], "follow");
    }

    [Fact]
    public void A_time_to_live_with_its_highest_bit_is_none()
    {
        byte[] bytes = [.. Header(0, 1), 0, 0, 1, 0, 1, 0x80, 0, 0, 1, 0, 4, 1, 2, 3, 4];
        Assert.Equal(0u, Assert.Single(Read(bytes).Answers).TimeToLive);
    }

    [Fact]
    public void EDNS0_stands_once_at_the_root_among_the_additionals()
    {
        byte[] option = [0, 0, 41, 4, 0xd0, 0, 0, 0, 0, 0, 0];
        Refused([.. Header(0, 1), .. option], "EDNS0");
        byte[] twice = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, .. option, .. option];
        Refused(twice, "EDNS0");
        byte[] named = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, (byte)'a', .. option];
        Refused(named, "EDNS0");
    }

    [Fact]
    public void A_message_that_is_too_long_is_not_written()
    {
        var records = Enumerable.Repeat(new DnsOtherRecord(Host, (DnsType)99, 1, 0, new byte[60_000]), 2).ToList();
        Assert.Throws<ArgumentException>(() => Write(new() { Answers = records }));
    }

    private static byte[] Header(int questions, int answers) =>
        [0, 0, 0x80, 0, (byte)(questions >> 8), (byte)questions, (byte)(answers >> 8), (byte)answers, 0, 0, 0, 0];

    private static void Refused(byte[] bytes, string why)
    {
        Assert.False(DnsMessageCodec.TryRead(bytes, out var message, out var error));
        Assert.Null(message);
        Assert.Contains(why, error, StringComparison.Ordinal);
    }

    private static DnsMessage Read(byte[] bytes) =>
        DnsMessageCodec.TryRead(bytes, out var message, out var error) ? message : throw new InvalidOperationException(error);

    private static byte[] Write(DnsMessage message)
    {
        var output = new ArrayBufferWriter<byte>();
        DnsMessageCodec.Write(output, message);
        return output.WrittenSpan.ToArray();
    }

    private static DnsName Name(string text) => DnsName.TryParse(text, out var name) ? name : throw new InvalidOperationException(text);
}
