using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Libp2p;

/// <summary>
/// Messages of DNS and of multicast DNS (RFC 1035, section 4; RFC 3596; RFC 2782; RFC 6762, section 18; RFC 6891 for EDNS0).
/// Reads compressed names; writes none.
/// </summary>
internal static class DnsMessageCodec
{
    /// <summary>The most bytes of a message.</summary>
    public const int MaxMessage = 65_535;

    /// <summary>The most questions of a message that is taken.</summary>
    public const int MaxQuestions = 32;

    /// <summary>The most records of a message that is taken, in all its sections.</summary>
    public const int MaxRecords = 512;

    /// <summary>The most strings of a TXT record that is taken.</summary>
    public const int MaxStrings = 128;

    private const ushort InternetClass = 1;
    private const ushort AnyClass = 255;
    private const ushort MulticastBit = 0x8000;

    /// <summary>Reads a message; all bytes must be of it.</summary>
    /// <param name="bytes">The bytes, without the length that stands before them over TCP.</param>
    /// <param name="message">The message.</param>
    /// <param name="error">What is wrong, on one line.</param>
    /// <returns>False where it is no message, or one beyond a bound. Never throws.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out DnsMessage? message, [NotNullWhen(false)] out string? error)
    {
        message = null;
        error = "the message is cut short";
        if (bytes.Length > MaxMessage)
        {
            error = $"the message has {bytes.Length} bytes, and {MaxMessage} are the most";
            return false;
        }
        var reader = new DnsReader(bytes, 0, bytes.Length);
        Span<ushort> header = stackalloc ushort[6];
        foreach (ref var field in header)
        {
            if (!reader.TryReadUInt16(out field))
                return false;
        }
        if (header[2] > MaxQuestions || header[3] + header[4] + header[5] > MaxRecords)
        {
            error = $"the message has {header[2]} questions and {header[3] + header[4] + header[5]} records, and {MaxQuestions} and {MaxRecords} are the most";
            return false;
        }

        var questions = new List<DnsQuestion>();
        for (var i = 0; i < header[2]; i++)
        {
            if (!TryReadQuestion(ref reader, out var question, out error))
                return false;
            questions.Add(question);
        }
        var sections = new List<DnsRecord>[3];
        OptRecord? extension = null;
        for (var section = 0; section < sections.Length; section++)
        {
            sections[section] = [];
            for (var i = 0; i < header[3 + section]; i++)
            {
                if (!TryReadRecord(ref reader, bytes, out var record, out error))
                    return false;
                if (record is not DnsOtherRecord { Type: DnsType.Opt } option)
                {
                    sections[section].Add(record);
                    continue;
                }
                if (section != 2 || extension is not null || !option.Name.Equals(DnsName.Root))
                {
                    error = "the record of EDNS0 stands where none may, or twice";
                    return false;
                }
                extension = new(PayloadSize: (ushort)(option.Class | (option.CacheFlush ? MulticastBit : 0)), ExtendedCode: (byte)(option.TimeToLive >> 24));
            }
        }
        if (!reader.AtEnd)
        {
            error = $"{reader.Rest.Length} bytes follow the message";
            return false;
        }

        int flags = header[1];
        message = new()
        {
            Id = header[0],
            IsResponse = (flags & 0x8000) != 0,
            OperationCode = (byte)((flags >> 11) & 0xf),
            IsAuthoritative = (flags & 0x0400) != 0,
            IsTruncated = (flags & 0x0200) != 0,
            RecursionDesired = (flags & 0x0100) != 0,
            RecursionAvailable = (flags & 0x0080) != 0,
            ResponseCode = (DnsResponseCode)((flags & 0xf) | ((extension?.ExtendedCode ?? 0) << 4)),
            Questions = questions,
            Answers = sections[0],
            Authorities = sections[1],
            Additionals = sections[2],
            PayloadSize = extension?.PayloadSize,
        };
        error = null;
        return true;
    }

    /// <summary>Writes a message.</summary>
    /// <exception cref="ArgumentException">It has more than fits, or a record that cannot be written.</exception>
    public static void Write(IBufferWriter<byte> output, DnsMessage message)
    {
        var written = new ArrayBufferWriter<byte>(512);
        var flags = (message.IsResponse ? 0x8000 : 0) | ((message.OperationCode & 0xf) << 11) | (message.IsAuthoritative ? 0x0400 : 0)
            | (message.IsTruncated ? 0x0200 : 0) | (message.RecursionDesired ? 0x0100 : 0) | (message.RecursionAvailable ? 0x0080 : 0)
            | ((int)message.ResponseCode & 0xf);
        var additionals = message.Additionals.Count + (message.PayloadSize is null ? 0 : 1);
        foreach (var field in (ReadOnlySpan<int>)[message.Id, flags, message.Questions.Count, message.Answers.Count, message.Authorities.Count, additionals])
            WriteUInt16(written, checked((ushort)field));
        foreach (var question in message.Questions)
        {
            written.Write(question.Name.Wire);
            WriteUInt16(written, (ushort)question.Type);
            WriteUInt16(written, (ushort)(InternetClass | (question.UnicastResponse ? MulticastBit : 0)));
        }
        foreach (var record in message.Answers.Concat(message.Authorities).Concat(message.Additionals))
            WriteRecord(written, record);
        if (message.PayloadSize is { } payload)
        {
            written.Write(DnsName.Root.Wire);
            WriteUInt16(written, (ushort)DnsType.Opt);
            WriteUInt16(written, payload);
            WriteUInt32(written, (uint)((int)message.ResponseCode >> 4) << 24);
            WriteUInt16(written, 0);
        }
        if (written.WrittenCount > MaxMessage)
            throw new ArgumentException($"A message of DNS has at most {MaxMessage} bytes, and this one {written.WrittenCount}.", nameof(message));
        output.Write(written.WrittenSpan);
    }

    private static bool TryReadQuestion(ref DnsReader reader, [NotNullWhen(true)] out DnsQuestion? question, [NotNullWhen(false)] out string? error)
    {
        question = null;
        error = "a question is cut short, or its name is none";
        if (!reader.TryReadName(out var name) || !reader.TryReadUInt16(out var type) || !reader.TryReadUInt16(out var space))
            return false;
        if ((space & ~MulticastBit) is not (InternetClass or AnyClass))
        {
            error = $"a question is of the class {space}, not of the internet";
            return false;
        }
        question = new(name, (DnsType)type, (space & MulticastBit) != 0);
        error = null;
        return true;
    }

    private static bool TryReadRecord(ref DnsReader reader, ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out DnsRecord? record, [NotNullWhen(false)] out string? error)
    {
        record = null;
        error = "a record is cut short, or its name is none";
        if (!reader.TryReadName(out var name) || !reader.TryReadUInt16(out var type) || !reader.TryReadUInt16(out var space)
            || !reader.TryReadUInt32(out var time) || !reader.TryReadUInt16(out var length))
            return false;
        var start = reader.Position;
        if (!reader.TryReadBytes(length, out var data))
            return false;
        var flush = (space & MulticastBit) != 0;
        var holds = time > int.MaxValue ? 0 : time;
        var content = new DnsReader(bytes, start, start + length);
        var isKnown = (space & ~MulticastBit) == InternetClass;
        record = (DnsType)type switch
        {
            DnsType.Opt => new DnsOtherRecord(name, DnsType.Opt, (ushort)(space & ~MulticastBit), time, data.ToArray(), flush),
            DnsType.A or DnsType.Aaaa when isKnown => ReadAddress(name, (DnsType)type, holds, data, flush),
            DnsType.Cname or DnsType.Ptr when isKnown => content.TryReadName(out var target) && content.AtEnd ? new DnsNameRecord(name, (DnsType)type, holds, target, flush) : null,
            DnsType.Txt when isKnown => ReadText(name, holds, data, flush),
            DnsType.Srv when isKnown => ReadService(name, holds, ref content, flush),
            DnsType.Soa when isKnown => ReadZone(name, holds, ref content),
            _ => new DnsOtherRecord(name, (DnsType)type, (ushort)(space & ~MulticastBit), holds, data.ToArray(), flush),
        };
        error = record is null ? $"a record of the type {type} does not hold what it must" : null;
        return record is not null;
    }

    private static DnsAddressRecord? ReadAddress(DnsName name, DnsType type, uint time, ReadOnlySpan<byte> data, bool flush) =>
        data.Length == (type == DnsType.A ? 4 : 16) ? new(name, time, new IPAddress(data), flush) : null;

    private static DnsTextRecord? ReadText(DnsName name, uint time, ReadOnlySpan<byte> data, bool flush)
    {
        var strings = new List<ReadOnlyMemory<byte>>();
        while (!data.IsEmpty)
        {
            var length = data[0];
            if (length >= data.Length || strings.Count == MaxStrings)
                return null;
            strings.Add(data.Slice(1, length).ToArray());
            data = data[(1 + length)..];
        }
        return new(name, time, strings, flush);
    }

    private static DnsServiceRecord? ReadService(DnsName name, uint time, ref DnsReader data, bool flush) =>
        data.TryReadUInt16(out var priority) && data.TryReadUInt16(out var weight) && data.TryReadUInt16(out var port)
            && data.TryReadName(out var target) && data.AtEnd
            ? new(name, time, priority, weight, port, target, flush)
            : null;

    private static DnsZoneRecord? ReadZone(DnsName name, uint time, ref DnsReader data) =>
        data.TryReadName(out var server) && data.TryReadName(out var mailbox)
            && data.TryReadUInt32(out var serial) && data.TryReadUInt32(out var refresh) && data.TryReadUInt32(out var retry)
            && data.TryReadUInt32(out var expire) && data.TryReadUInt32(out var minimum) && data.AtEnd
            ? new(name, time, server, mailbox, serial, refresh, retry, expire, minimum)
            : null;

    private static void WriteRecord(ArrayBufferWriter<byte> output, DnsRecord record)
    {
        var space = record is DnsOtherRecord { Class: var other } ? other : InternetClass;
        output.Write(record.Name.Wire);
        WriteUInt16(output, (ushort)record.Type);
        WriteUInt16(output, (ushort)(space | (record.CacheFlush ? MulticastBit : 0)));
        WriteUInt32(output, record.TimeToLive);
        var data = Content(record).WrittenSpan;
        WriteUInt16(output, checked((ushort)data.Length));
        output.Write(data);
    }

    private static ArrayBufferWriter<byte> Content(DnsRecord record)
    {
        var data = new ArrayBufferWriter<byte>(64);
        switch (record)
        {
            case DnsAddressRecord { Address: var address }:
                data.Write(address.GetAddressBytes());
                break;
            case DnsNameRecord { Target: var target }:
                data.Write(target.Wire);
                break;
            case DnsTextRecord { Strings: var strings }:
                foreach (var text in strings)
                {
                    data.Write([checked((byte)text.Length)]);
                    data.Write(text.Span);
                }
                break;
            case DnsServiceRecord service:
                WriteUInt16(data, service.Priority);
                WriteUInt16(data, service.Weight);
                WriteUInt16(data, service.Port);
                data.Write(service.Target.Wire);
                break;
            case DnsZoneRecord zone:
                data.Write(zone.PrimaryServer.Wire);
                data.Write(zone.Mailbox.Wire);
                foreach (var number in (ReadOnlySpan<uint>)[zone.Serial, zone.Refresh, zone.Retry, zone.Expire, zone.Minimum])
                    WriteUInt32(data, number);
                break;
            case DnsOtherRecord { Data: var bytes }:
                data.Write(bytes.Span);
                break;
        }
        return data;
    }

    private static void WriteUInt16(ArrayBufferWriter<byte> output, ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(output.GetSpan(2), value);
        output.Advance(2);
    }

    private static void WriteUInt32(ArrayBufferWriter<byte> output, uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(output.GetSpan(4), value);
        output.Advance(4);
    }

    private readonly record struct OptRecord(ushort PayloadSize, byte ExtendedCode);
}
