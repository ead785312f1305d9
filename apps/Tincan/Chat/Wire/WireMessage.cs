using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;

namespace Tincan.Chat.Wire;

/// <summary>Reads the chat's protobuf messages. Any bytes are safe: what does not decode is a false.</summary>
internal static class WireMessage
{
    private const int MaxVarintBytes = 10;

    /// <summary>Reads a message.</summary>
    /// <param name="parser">Of its kind, in which messages stand within messages one deep at most.</param>
    /// <param name="bytes">What a stranger sent.</param>
    /// <param name="maxBytes">What is longer is not looked at.</param>
    /// <param name="message">The message, where the answer is true.</param>
    public static bool TryParse<T>(MessageParser<T> parser, ReadOnlySpan<byte> bytes, int maxBytes, [NotNullWhen(true)] out T? message)
        where T : class, IMessage<T>
    {
        message = null;
        if (bytes.Length > maxBytes || !HasTrueLengths(bytes))
            return false;
        try
        {
            message = parser.ParseFrom(bytes);
            return true;
        }
        catch (InvalidProtocolBufferException)
        {
            return false;
        }
    }

    /// <summary>
    /// Whether no field says that it is longer than what is there. Google.Protobuf adds the length of a message within the message without
    /// a check: one of 2^31 - 1 bytes leads it past the end, and out with exceptions of any kind.
    /// </summary>
    private static bool HasTrueLengths(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (!TryTakeVarint(ref bytes, out var tag))
                return false;
            var length = 0ul;
            // Groups are of a time before all of these messages.
            var isRead = (tag & 7) switch
            {
                0 => TryTakeVarint(ref bytes, out _),
                1 => (length = sizeof(ulong)) > 0,
                2 => TryTakeVarint(ref bytes, out length),
                5 => (length = sizeof(uint)) > 0,
                _ => false,
            };
            if (!isRead || length > (ulong)bytes.Length)
                return false;
            bytes = bytes[(int)length..];
        }
        return true;
    }

    private static bool TryTakeVarint(ref ReadOnlySpan<byte> bytes, out ulong value)
    {
        value = 0;
        for (var i = 0; i < bytes.Length && i < MaxVarintBytes; i++)
        {
            value |= (ulong)(bytes[i] & 0x7f) << (7 * i);
            if (bytes[i] >= 0x80)
                continue;
            bytes = bytes[(i + 1)..];
            return true;
        }
        return false;
    }
}
