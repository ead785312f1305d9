using System.Buffers;
using System.Security.Cryptography;

namespace Libp2p.Names;

/// <summary>A question as it is put to a server once, and what makes an answer to it one.</summary>
internal sealed class DnsQuery
{
    /// <summary>The datagrams that are taken: what no link of today cuts into pieces.</summary>
    public const int PayloadSize = 1232;

    private DnsQuery(DnsMessage message)
    {
        Message = message;
        var output = new ArrayBufferWriter<byte>(512);
        DnsMessageCodec.Write(output, message);
        Bytes = output.WrittenMemory;
    }

    /// <summary>How a message stands to a question.</summary>
    public enum Match
    {
        /// <summary>It is no answer to it: a stray, or a forgery.</summary>
        None,

        /// <summary>It is, but for the case of letters: a careless server, or one who guesses.</summary>
        ButForCase,

        /// <summary>It is an answer.</summary>
        Answer,
    }

    public DnsMessage Message { get; }

    public ReadOnlyMemory<byte> Bytes { get; }

    public DnsQuestion Question => Message.Questions[0];

    /// <summary>
    /// A question for a server that anybody could forge an answer of: the number, and the case of the letters, are for a forger to
    /// guess, beside the port.
    /// </summary>
    public static DnsQuery Guarded(DnsName name, DnsType type, bool extended)
    {
        Span<byte> random = stackalloc byte[2 + 32];
        RandomNumberGenerator.Fill(random);
        return new(Ask((ushort)((random[0] << 8) | random[1]), name.WithCase(random[2..]), type, extended));
    }

    /// <summary>A question for a server whose answers are proven otherwise; the same each time, so that caches know it (RFC 8484, section 4.1).</summary>
    public static DnsQuery Plain(DnsName name, DnsType type) => new(Ask(0, name, type, extended: true));

    /// <summary>How a message stands to this question.</summary>
    public Match Compare(DnsMessage message)
    {
        if (!message.IsResponse || message.Id != Message.Id || message.OperationCode != 0)
            return Match.None;
        return message.Questions switch
        {
            [var question] when question.Type == Question.Type && question.Name.Equals(Question.Name) =>
                question.Name.EqualsExactly(Question.Name) ? Match.Answer : Match.ButForCase,

            // A server that could not read the question cannot repeat it.
            [] when message.ResponseCode is DnsResponseCode.FormatError or DnsResponseCode.NotImplemented => Match.Answer,
            _ => Match.None,
        };
    }

    /// <summary>True where a datagram says that the answer is cut short, readable or not.</summary>
    public bool IsTruncatedAnswer(ReadOnlySpan<byte> datagram) =>
        datagram.Length >= 12 && ((datagram[0] << 8) | datagram[1]) == Message.Id && (datagram[2] & 0x82) == 0x82;

    private static DnsMessage Ask(ushort id, DnsName name, DnsType type, bool extended) => new()
    {
        Id = id,
        RecursionDesired = true,
        Questions = [new(name, type)],
        PayloadSize = extended ? (ushort)PayloadSize : null,
    };
}
