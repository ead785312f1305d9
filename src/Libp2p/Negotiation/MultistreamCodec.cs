using System.Buffers;

namespace Libp2p.Negotiation;

/// <summary>What a read of a multistream message gave.</summary>
internal enum MultistreamRead
{
    /// <summary>A message.</summary>
    Message,

    /// <summary>It is not all there yet.</summary>
    Incomplete,

    /// <summary>It is longer than 1024 bytes, or does not end in a line feed, or its length is not minimal.</summary>
    Malformed,
}

/// <summary>The codec of multistream-select 1.0 (connections/README.md, "multistream-select"): a varint length, text, a line feed.</summary>
internal static class MultistreamCodec
{
    /// <summary>The longest message, its line feed included: what others drop beyond.</summary>
    public const int MaxMessage = 1024;

    /// <summary>The protocol itself, which each side says first.</summary>
    public static readonly ProtocolId Header = "/multistream/1.0.0";

    /// <summary>The first byte of whoever speaks it: the length of <see cref="Header"/> and its line feed.</summary>
    public const byte HeaderLength = 19;

    /// <summary>The answer to a protocol that is not served.</summary>
    public static ReadOnlySpan<byte> NotAvailable => "na"u8;

    /// <summary>The question for all protocols.</summary>
    public static ReadOnlySpan<byte> List => "ls"u8;

    /// <summary>Reads one message and moves past it.</summary>
    /// <param name="buffer">What has arrived; begins after the message where there was one.</param>
    /// <param name="message">The text without its line feed; valid as long as the buffer is.</param>
    public static MultistreamRead TryRead(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> message)
    {
        message = default;
        // The length of a message needs two bytes at most.
        Span<byte> head = stackalloc byte[2];
        var available = (int)Math.Min(2, buffer.Length);
        buffer.Slice(0, available).CopyTo(head);
        var prefix = 1;
        int length;
        if (available == 0)
            return MultistreamRead.Incomplete;
        if (head[0] < 0x80)
        {
            length = head[0];
        }
        else
        {
            if (available < 2)
                return MultistreamRead.Incomplete;
            prefix = 2;
            length = (head[0] & 0x7f) | (head[1] << 7);
            if (head[1] is 0 or >= 0x80)
                return MultistreamRead.Malformed;
        }
        if (length is 0 or > MaxMessage)
            return MultistreamRead.Malformed;
        if (buffer.Length < prefix + length)
            return MultistreamRead.Incomplete;
        var text = buffer.Slice(prefix, length);
        if (text.Slice(length - 1).FirstSpan[0] != (byte)'\n')
            return MultistreamRead.Malformed;
        message = text.Slice(0, length - 1);
        buffer = buffer.Slice(prefix + length);
        return MultistreamRead.Message;
    }

    /// <summary>Whether what has arrived can become <see cref="Header"/>, which is said first.</summary>
    public static bool CanBeHeader(in ReadOnlySequence<byte> buffer)
    {
        Span<byte> begins = stackalloc byte[1 + HeaderLength];
        begins = begins[..(int)Math.Min(begins.Length, buffer.Length)];
        buffer.Slice(0, begins.Length).CopyTo(begins);
        return "\u0013/multistream/1.0.0\n"u8.StartsWith(begins);
    }

    /// <summary>Writes one message.</summary>
    public static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> text)
    {
        var length = text.Length + 1;
        if (length > MaxMessage)
            throw new ArgumentException($"A multistream message has at most {MaxMessage} bytes.", nameof(text));
        var span = output.GetSpan(length + 2);
        var prefix = Varint.Write(span, (ulong)length);
        text.CopyTo(span[prefix..]);
        span[prefix + text.Length] = (byte)'\n';
        output.Advance(prefix + length);
    }

    /// <summary>Writes the answer to <c>ls</c>: one message of messages, as many as fit, since others drop what is longer.</summary>
    public static void WriteList(IBufferWriter<byte> output, IEnumerable<ProtocolId> protocols)
    {
        var list = new ArrayBufferWriter<byte>(MaxMessage);
        foreach (var protocol in protocols)
        {
            if (list.WrittenCount + protocol.Utf8.Length + 3 >= MaxMessage)
                break;
            Write(list, protocol.Utf8.Span);
        }
        Write(output, list.WrittenSpan);
    }

    /// <summary>Reads the answer to <c>ls</c>: a message of messages. What is no name in it is left out.</summary>
    public static IReadOnlyList<ProtocolId> ReadList(ReadOnlySequence<byte> message)
    {
        var protocols = new List<ProtocolId>();
        while (TryRead(ref message, out var text) == MultistreamRead.Message)
        {
            if (ProtocolId.TryDecode(text.ToArray(), out var protocol))
                protocols.Add(protocol);
        }
        return protocols;
    }

    /// <summary>What a message says, for people: bounded and escaped.</summary>
    public static string Describe(in ReadOnlySequence<byte> message) =>
        PrintableText.Escape(message.Slice(0, Math.Min(64, message.Length)).ToArray(), 64);
}
