using System.Buffers;

namespace Libp2p.Muxers.Mplex;

/// <summary>What a message is, and which side of its stream sent it: the opener (initiator) or the other (receiver).</summary>
internal enum MplexFlag : byte
{
    NewStream = 0,
    MessageReceiver = 1,
    MessageInitiator = 2,
    CloseReceiver = 3,
    CloseInitiator = 4,
    ResetReceiver = 5,
    ResetInitiator = 6,
}

/// <summary>What a read of a header gave.</summary>
internal enum MplexRead
{
    /// <summary>A header.</summary>
    Header,

    /// <summary>It is not all there yet.</summary>
    Incomplete,

    /// <summary>It breaks the protocol.</summary>
    Malformed,
}

/// <summary>The codec of what is before every message (mplex specification, "Message format"): stream and flag in one varint, the length of the data in another.</summary>
/// <param name="Flag">What the message is.</param>
/// <param name="StreamId">Which stream: the opener's number for it, below 2^60.</param>
/// <param name="Length">Bytes of data that follow.</param>
internal readonly record struct MplexHeader(MplexFlag Flag, long StreamId, int Length)
{
    /// <summary>The longest header that is written: a varint of 9 bytes and one of 3.</summary>
    public const int MaxSize = Varint.MaxLength + 3;

    /// <summary>The largest stream number.</summary>
    public const long MaxStreamId = (1L << 60) - 1;

    private const int FlagBits = 3;

    /// <summary>Whether the stream's opener sent it.</summary>
    public bool IsByInitiator => Flag == MplexFlag.NewStream || ((int)Flag & 1) == 0;

    /// <summary>Reads a header.</summary>
    /// <param name="source">What has arrived.</param>
    /// <param name="maxLength">The most bytes of data.</param>
    /// <param name="header">The header, where there was one.</param>
    /// <param name="size">The bytes that it took.</param>
    /// <param name="error">Why it is malformed, where it is.</param>
    public static MplexRead TryRead(in ReadOnlySequence<byte> source, int maxLength, out MplexHeader header, out int size, out string? error)
    {
        header = default;
        size = 0;
        error = null;
        var result = Varint.TryRead(source, out var first, out var firstSize);
        if (result == VarintResult.Ok)
        {
            if ((first & ((1 << FlagBits) - 1)) > (int)MplexFlag.ResetInitiator)
                return Malformed("mplex flag 7 is not known", out error);
            result = Varint.TryRead(source.Slice(firstSize), out var length, out var secondSize);
            if (result == VarintResult.Ok)
            {
                if (length > (ulong)maxLength)
                    return Malformed($"a message of {length} bytes is larger than the {maxLength} allowed", out error);
                header = new MplexHeader((MplexFlag)(first & ((1 << FlagBits) - 1)), (long)(first >> FlagBits), (int)length);
                size = firstSize + secondSize;
                return MplexRead.Header;
            }
        }
        return result == VarintResult.Incomplete ? MplexRead.Incomplete : Malformed("a header is no varint", out error);
    }

    /// <summary>Writes it.</summary>
    /// <param name="destination">At least <see cref="MaxSize"/> bytes.</param>
    /// <returns>The bytes written.</returns>
    public int Write(Span<byte> destination)
    {
        var size = Varint.Write(destination, ((ulong)StreamId << FlagBits) | (byte)Flag);
        return size + Varint.Write(destination[size..], (ulong)Length);
    }

    /// <summary>The bytes that <see cref="Write"/> takes.</summary>
    public int Size => Varint.Length(((ulong)StreamId << FlagBits) | (byte)Flag) + Varint.Length((ulong)Length);

    private static MplexRead Malformed(string reason, out string? error)
    {
        error = reason;
        return MplexRead.Malformed;
    }
}
