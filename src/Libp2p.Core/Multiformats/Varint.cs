using System.Buffers;
using System.Numerics;

namespace Libp2p;

/// <summary>
/// The unsigned varint of multiformats (multiformats/unsigned-varint): seven bits a byte, least significant first,
/// minimal encodings only, at most nine bytes and so at most 2^63-1.
/// </summary>
public static class Varint
{
    /// <summary>Bytes of the longest varint.</summary>
    public const int MaxLength = 9;

    /// <summary>The largest value a varint holds: 2^63-1.</summary>
    public const ulong MaxValue = long.MaxValue;

    /// <summary>Reads the varint that <paramref name="source"/> begins with.</summary>
    /// <param name="source">Bytes that may go on behind the number.</param>
    /// <param name="value">The number, or 0 where the result is not <see cref="VarintResult.Ok"/>.</param>
    /// <param name="length">The bytes it took, 1 to 9, or 0 where the result is not <see cref="VarintResult.Ok"/>.</param>
    /// <returns>Whether a number was read, and otherwise why not. Never throws.</returns>
    public static VarintResult TryRead(ReadOnlySpan<byte> source, out ulong value, out int length)
    {
        ulong read = 0;
        value = 0;
        length = 0;
        for (var i = 0; i < MaxLength; i++)
        {
            if (i >= source.Length)
                return VarintResult.Incomplete;
            var b = source[i];
            read |= (ulong)(b & 0x7f) << (7 * i);
            if (b >= 0x80)
                continue;
            if (b == 0 && i > 0)
                return VarintResult.NotMinimal;
            value = read;
            length = i + 1;
            return VarintResult.Ok;
        }

        return VarintResult.Overflow;
    }

    /// <inheritdoc cref="TryRead(ReadOnlySpan{byte}, out ulong, out int)"/>
    public static VarintResult TryRead(in ReadOnlySequence<byte> source, out ulong value, out int length)
    {
        var first = source.FirstSpan;
        if (first.Length >= MaxLength || source.IsSingleSegment)
            return TryRead(first, out value, out length);

        Span<byte> head = stackalloc byte[MaxLength];
        var taken = (int)Math.Min(source.Length, MaxLength);
        source.Slice(0, taken).CopyTo(head);
        return TryRead(head[..taken], out value, out length);
    }

    /// <summary>The bytes that <paramref name="value"/> takes: 1 to 9.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is above <see cref="MaxValue"/>.</exception>
    public static int Length(ulong value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaxValue);
        return (BitOperations.Log2(value | 1) / 7) + 1;
    }

    /// <summary>Writes <paramref name="value"/> at the start of <paramref name="destination"/>.</summary>
    /// <returns>The bytes written, 1 to 9.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The value is above <see cref="MaxValue"/>.</exception>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public static int Write(Span<byte> destination, ulong value)
    {
        var length = Length(value);
        if (destination.Length < length)
            throw new ArgumentException($"The varint needs {length} bytes and has room for {destination.Length}.", nameof(destination));
        for (var i = 0; i < length - 1; i++)
        {
            destination[i] = (byte)(value | 0x80);
            value >>= 7;
        }

        destination[length - 1] = (byte)value;
        return length;
    }

    /// <summary>Writes <paramref name="value"/> to <paramref name="writer"/>.</summary>
    /// <returns>The bytes written, 1 to 9.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The value is above <see cref="MaxValue"/>.</exception>
    public static int Write(IBufferWriter<byte> writer, ulong value)
    {
        ArgumentNullException.ThrowIfNull(writer);
        var length = Write(writer.GetSpan(MaxLength), value);
        writer.Advance(length);
        return length;
    }
}
