using System.Buffers;
using System.IO.Pipelines;

namespace Libp2p;

/// <summary>
/// Messages behind their length as an unsigned varint, which is how the control protocols of libp2p frame their protobuf.
/// A declared length reserves nothing: memory grows with what arrives.
/// </summary>
public static class LengthPrefixed
{
    private const int FirstRoom = 1024;

    /// <summary>Takes the message that a buffer begins with.</summary>
    /// <param name="buffer">What has arrived; where the result is <see cref="LengthPrefixedResult.Ok"/>, the message is cut off.</param>
    /// <param name="maxLength">The most bytes of a message, without the prefix.</param>
    /// <param name="message">The message without its prefix: a slice of the buffer.</param>
    /// <returns>Whether there was one, and otherwise why not. Never throws.</returns>
    public static LengthPrefixedResult TryRead(ref ReadOnlySequence<byte> buffer, int maxLength, out ReadOnlySequence<byte> message)
    {
        message = default;
        var result = ReadPrefix(buffer, maxLength, out var length, out var prefix);
        if (result != LengthPrefixedResult.Ok)
            return result;
        if (buffer.Length - prefix < length)
            return LengthPrefixedResult.Incomplete;
        message = buffer.Slice(prefix, length);
        buffer = buffer.Slice(prefix + (long)length);
        return LengthPrefixedResult.Ok;
    }

    /// <summary>Reads the next message, and consumes no byte behind it.</summary>
    /// <param name="reader">Where it comes from.</param>
    /// <param name="maxLength">The most bytes of the message, without the prefix.</param>
    /// <param name="cancellationToken">Ends the wait; the reader is then somewhere within a message and of no more use.</param>
    /// <returns>The message, or null where the input ended before another began.</returns>
    /// <exception cref="Libp2pException"><see cref="Libp2pError.ProtocolViolation"/>: it is too long, its length is no varint, or the input ended within it.</exception>
    public static async ValueTask<byte[]?> ReadAsync(PipeReader reader, int maxLength, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentOutOfRangeException.ThrowIfNegative(maxLength);
        int length;
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            var buffer = read.Buffer;
            ThrowIfCanceled(reader, read);
            var result = ReadPrefix(buffer, maxLength, out length, out var prefix);
            if (result == LengthPrefixedResult.Ok)
            {
                reader.AdvanceTo(buffer.GetPosition(prefix));
                break;
            }
            var isEmpty = buffer.IsEmpty;
            reader.AdvanceTo(buffer.Start, buffer.End);
            if (result != LengthPrefixedResult.Incomplete)
                throw Violation(result, maxLength);
            if (read.IsCompleted)
                return isEmpty ? null : throw Violation(LengthPrefixedResult.Incomplete, maxLength);
        }
        return await ReadBodyAsync(reader, length, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes a message behind its length; nothing leaves before the next flush.</summary>
    public static void Write(IBufferWriter<byte> writer, ReadOnlySpan<byte> message)
    {
        ArgumentNullException.ThrowIfNull(writer);
        Varint.Write(writer, (ulong)message.Length);
        writer.Write(message);
    }

    /// <summary>Writes a message behind its length and flushes.</summary>
    /// <param name="writer">Where it goes.</param>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static ValueTask<FlushResult> WriteAsync(PipeWriter writer, ReadOnlyMemory<byte> message, CancellationToken cancellationToken = default)
    {
        Write(writer, message.Span);
        return writer.FlushAsync(cancellationToken);
    }

    // Consumes as it goes: a message may be larger than what the stream's window holds unread.
    private static async ValueTask<byte[]> ReadBodyAsync(PipeReader reader, int length, CancellationToken cancellationToken)
    {
        var body = length == 0 ? [] : new byte[Math.Min(length, FirstRoom)];
        var filled = 0;
        while (filled < length)
        {
            var read = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            ThrowIfCanceled(reader, read);
            var part = read.Buffer.Length > length - filled ? read.Buffer.Slice(0, length - filled) : read.Buffer;
            var needed = filled + (int)part.Length;
            if (needed > body.Length)
                Array.Resize(ref body, (int)Math.Min(length, Math.Max(needed, body.Length * 2L)));
            part.CopyTo(body.AsSpan(filled));
            filled = needed;
            reader.AdvanceTo(part.End);
            if (read.IsCompleted && filled < length && part.Length == read.Buffer.Length)
                throw Violation(LengthPrefixedResult.Incomplete, length);
        }
        return body;
    }

    private static LengthPrefixedResult ReadPrefix(in ReadOnlySequence<byte> buffer, int maxLength, out int length, out int prefix)
    {
        length = 0;
        switch (Varint.TryRead(buffer, out var declared, out prefix))
        {
            case VarintResult.Ok:
                if (declared > (ulong)maxLength)
                    return LengthPrefixedResult.TooLong;
                length = (int)declared;
                return LengthPrefixedResult.Ok;
            case VarintResult.Incomplete:
                return LengthPrefixedResult.Incomplete;
            default:
                return LengthPrefixedResult.Malformed;
        }
    }

    private static void ThrowIfCanceled(PipeReader reader, in ReadResult read)
    {
        if (!read.IsCanceled)
            return;
        reader.AdvanceTo(read.Buffer.Start);
        throw new OperationCanceledException("The pending read was cancelled.");
    }

    private static Libp2pException Violation(LengthPrefixedResult result, int maxLength) => new(Libp2pError.ProtocolViolation, result switch
    {
        LengthPrefixedResult.TooLong => $"The peer announced a message of more than {maxLength} bytes.",
        LengthPrefixedResult.Malformed => "The peer sent a message whose length is no varint.",
        _ => "The peer's stream ended within a message.",
    });
}
